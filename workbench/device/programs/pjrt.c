#define _GNU_SOURCE // memmem
#include "pjrt.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"

// plugin is the table of the one plugin that was opened.
static const pjrt_table* plugin;

// succeeded says whether there is no error, and frees the one there is.
static int succeeded(void* error) {
	if (error == NULL) return 1;
	pjrt_one_args args = {sizeof args, NULL, error};
	((void (*)(void*))plugin->function[pjrt_error_destroy])(&args);
	return 0;
}

void* pjrt_compile(pjrt_compile_args* args) { return plugin->function[pjrt_client_compile](args); }

int pjrt_load(pjrt_compile_args* args, const char* bytes, size_t size) {
	pjrt_deserialize_args load = {.struct_size = sizeof load, .client = args->client, .bytes = bytes, .bytes_size = size};
	int ok = succeeded(plugin->function[pjrt_executable_deserialize_and_load](&load));
	if (ok) args->loaded = load.loaded;
	return ok;
}

// serializable says whether an executable can be serialized: with an operation of oneDNN in it XLA takes that for another kind
// of operation, and crashes (seen with PJRT 0.115).
static int serializable(void* executable) {
	pjrt_program program = {.struct_size = sizeof program};
	pjrt_optimized_args args = {sizeof args, NULL, executable, &program};
	if (!succeeded(plugin->function[pjrt_executable_optimized_program](&args))) return 0;
	program.code = malloc(program.code_size);
	int ok = program.code != NULL && succeeded(plugin->function[pjrt_executable_optimized_program](&args)) &&
		memmem(program.code, program.code_size, "__onednn", strlen("__onednn")) == NULL;
	free(program.code);
	return ok;
}

int pjrt_serialize(pjrt_compile_args* args, pjrt_serialize_args* out) {
	pjrt_get_executable_args get = {.struct_size = sizeof get, .loaded = args->loaded};
	if (!succeeded(plugin->function[pjrt_loaded_executable_get_executable](&get))) return 0;
	*out = (pjrt_serialize_args){.struct_size = sizeof *out, .executable = get.executable};
	int ok = serializable(get.executable) && succeeded(plugin->function[pjrt_executable_serialize](out));
	pjrt_one_args destroy = {sizeof destroy, NULL, get.executable};
	succeeded(plugin->function[pjrt_executable_destroy](&destroy));
	return ok;
}

void pjrt_free(pjrt_serialize_args* out) { out->free_owner(out->owner); }

pjrt_table* pjrt_open(const char* path, const char** problem) {
	void* library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	if (library == NULL) {
		*problem = dlerror();
		return NULL;
	}
	const pjrt_table* (*get)(void) = dlsym(library, "GetPjrtApi");
	if (get == NULL) {
		*problem = "it has no GetPjrtApi";
		return NULL;
	}
	plugin = get();
	if (plugin == NULL || plugin->struct_size < sizeof *plugin) {
		*problem = "its table of functions is too short";
		return NULL;
	}
	pjrt_table* table = malloc(plugin->struct_size);
	memcpy(table, plugin, plugin->struct_size);
	table->function[pjrt_client_compile] = (pjrt_function)compileProgram;
	return table;
}
