// The part of XLA's PJRT interface that keeping programs needs. A plugin hands out a table of functions, each of which takes a
// pointer to one struct and returns an error or nothing. New functions and fields come at the end, so that those here stay
// where they are (https://openxla.org/xla/pjrt). A test compares them with the header that go-xla is built with.
#ifndef CLIPBENCH_PJRT_H
#define CLIPBENCH_PJRT_H

#include <stddef.h>
#include <stdint.h>

typedef void* (*pjrt_function)(void* args);

// pjrt_slot numbers the table's functions.
enum pjrt_slot {
	pjrt_error_destroy = 0,
	pjrt_client_compile = 20,
	pjrt_executable_destroy = 40,
	pjrt_executable_optimized_program = 48,
	pjrt_executable_serialize = 49,
	pjrt_loaded_executable_get_executable = 51,
	pjrt_executable_deserialize_and_load = 56,
	pjrt_slots = 57, // that a table must have at the least
};

typedef struct {
	size_t struct_size; // of the whole table
	void* extension;
	struct {
		size_t struct_size;
		void* extension;
		int major, minor;
	} version;
	pjrt_function function[pjrt_slots];
} pjrt_table;

typedef struct {
	size_t struct_size;
	void* extension;
	char* code;
	size_t code_size;
	const char* format;
	size_t format_size;
} pjrt_program;

typedef struct {
	size_t struct_size;
	void* extension;
	void* client;
	const pjrt_program* program;
	const char* options;
	size_t options_size;
	void* loaded; // out
} pjrt_compile_args;

typedef struct {
	size_t struct_size;
	void* extension;
	void* loaded;
	void* executable; // out
} pjrt_get_executable_args;

typedef struct {
	size_t struct_size;
	void* extension;
	void* executable;
	pjrt_program* program; // out: its code where it points to a buffer, else only its size
} pjrt_optimized_args;

typedef struct {
	size_t struct_size;
	void* extension;
	void* executable;
	const char* bytes; // out, as long as owner lives
	size_t bytes_size;
	void* owner;
	void (*free_owner)(void* owner);
} pjrt_serialize_args;

typedef struct {
	size_t struct_size;
	void* extension;
	void* client;
	const char* bytes;
	size_t bytes_size;
	void* loaded; // out
	const char* options;
	size_t options_size;
} pjrt_deserialize_args;

// pjrt_one_args are those of the functions that destroy one thing.
typedef struct {
	size_t struct_size;
	void* extension;
	void* what;
} pjrt_one_args;

// pjrt_open loads a plugin and returns a copy of its table in which compileProgram, in Go, stands in for compiling. It returns
// NULL, and says why in problem, if the plugin cannot be loaded or its table is too short.
pjrt_table* pjrt_open(const char* path, const char** problem);

// The functions of the plugin that was opened. pjrt_compile returns the plugin's error; the others say whether they succeeded.
void* pjrt_compile(pjrt_compile_args* args);
int pjrt_load(pjrt_compile_args* args, const char* bytes, size_t size);
int pjrt_serialize(pjrt_compile_args* args, pjrt_serialize_args* out);
void pjrt_free(pjrt_serialize_args* out);

#endif
