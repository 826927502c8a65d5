// Compares pjrt.h with XLA's own header: every place must be the same. Each difference is a line, and the status is 1.
#include <stdbool.h>
#include <stdio.h>

#include "pjrt_c_api.h"
#include "pjrt.h"

static int differences;

static void same(const char* what, size_t ours, size_t theirs) {
	if (ours == theirs) return;
	printf("%s: %zu, XLA has it at %zu\n", what, ours, theirs);
	differences = 1;
}

#define SLOT(ours, theirs) same(#theirs, offsetof(pjrt_table, function) + (ours) * sizeof(pjrt_function), offsetof(PJRT_Api, theirs))
#define FIELD(ours, our_field, theirs, their_field) same(#theirs "." #their_field, offsetof(ours, our_field), offsetof(theirs, their_field))

int main(void) {
	SLOT(pjrt_error_destroy, PJRT_Error_Destroy);
	SLOT(pjrt_client_compile, PJRT_Client_Compile);
	SLOT(pjrt_executable_destroy, PJRT_Executable_Destroy);
	SLOT(pjrt_executable_optimized_program, PJRT_Executable_OptimizedProgram);
	SLOT(pjrt_executable_serialize, PJRT_Executable_Serialize);
	SLOT(pjrt_loaded_executable_get_executable, PJRT_LoadedExecutable_GetExecutable);
	SLOT(pjrt_executable_deserialize_and_load, PJRT_Executable_DeserializeAndLoad);

	FIELD(pjrt_table, struct_size, PJRT_Api, struct_size);
	FIELD(pjrt_table, version.major, PJRT_Api, pjrt_api_version.major_version);
	FIELD(pjrt_program, code, PJRT_Program, code);
	FIELD(pjrt_program, code_size, PJRT_Program, code_size);
	FIELD(pjrt_compile_args, client, PJRT_Client_Compile_Args, client);
	FIELD(pjrt_compile_args, program, PJRT_Client_Compile_Args, program);
	FIELD(pjrt_compile_args, options, PJRT_Client_Compile_Args, compile_options);
	FIELD(pjrt_compile_args, options_size, PJRT_Client_Compile_Args, compile_options_size);
	FIELD(pjrt_compile_args, loaded, PJRT_Client_Compile_Args, executable);
	FIELD(pjrt_get_executable_args, loaded, PJRT_LoadedExecutable_GetExecutable_Args, loaded_executable);
	FIELD(pjrt_get_executable_args, executable, PJRT_LoadedExecutable_GetExecutable_Args, executable);
	FIELD(pjrt_optimized_args, executable, PJRT_Executable_OptimizedProgram_Args, executable);
	FIELD(pjrt_optimized_args, program, PJRT_Executable_OptimizedProgram_Args, program);
	FIELD(pjrt_serialize_args, executable, PJRT_Executable_Serialize_Args, executable);
	FIELD(pjrt_serialize_args, bytes, PJRT_Executable_Serialize_Args, serialized_bytes);
	FIELD(pjrt_serialize_args, bytes_size, PJRT_Executable_Serialize_Args, serialized_bytes_size);
	FIELD(pjrt_serialize_args, owner, PJRT_Executable_Serialize_Args, serialized_executable);
	FIELD(pjrt_serialize_args, free_owner, PJRT_Executable_Serialize_Args, serialized_executable_deleter);
	FIELD(pjrt_deserialize_args, client, PJRT_Executable_DeserializeAndLoad_Args, client);
	FIELD(pjrt_deserialize_args, bytes, PJRT_Executable_DeserializeAndLoad_Args, serialized_executable);
	FIELD(pjrt_deserialize_args, bytes_size, PJRT_Executable_DeserializeAndLoad_Args, serialized_executable_size);
	FIELD(pjrt_deserialize_args, loaded, PJRT_Executable_DeserializeAndLoad_Args, loaded_executable);
	FIELD(pjrt_deserialize_args, options, PJRT_Executable_DeserializeAndLoad_Args, overridden_serialized_compile_options);
	FIELD(pjrt_deserialize_args, options_size, PJRT_Executable_DeserializeAndLoad_Args, overridden_serialized_compile_options_size);
	FIELD(pjrt_one_args, what, PJRT_Error_Destroy_Args, error);
	FIELD(pjrt_one_args, what, PJRT_Executable_Destroy_Args, executable);
	return differences;
}
