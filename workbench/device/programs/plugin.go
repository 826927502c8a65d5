//go:build cgo

package programs

// #cgo linux LDFLAGS: -ldl
// #include <stdlib.h>
// #include "pjrt.h"
import "C"

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"github.com/gomlx/go-xla/pjrt"
)

// opened is the one plugin of this process whose programs are kept.
var opened struct {
	sync.Mutex
	path  string
	rules Rules
}

// Open loads the plugin at path and gives it to go-xla under that path, so that its programs are compiled by the rules. XLA
// can be in a process only once, with one folder of programs: to open both again changes nothing, and others are refused.
func Open(path string, rules Rules) error {
	opened.Lock()
	defer opened.Unlock()
	if opened.path == "" {
		if err := load(path); err != nil {
			return fmt.Errorf("plugin %s: %w", path, err)
		}
		opened.path, opened.rules = path, rules
	}
	if path != opened.path || rules.folder() != opened.rules.folder() {
		return fmt.Errorf("plugin %s, programs in %q: this process has XLA from %s already, programs in %q; use another process",
			path, rules.folder(), opened.path, opened.rules.folder())
	}
	if rules.Store != nil {
		rules.Store.tidy()
	}
	return nil
}

// load gives go-xla the plugin's table of functions with compileProgram in it.
func load(path string) error {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	var problem *C.char
	table := C.pjrt_open(name, &problem)
	if table == nil {
		return errors.New(C.GoString(problem))
	}
	return pjrt.RegisterPreloadedPlugin(path, uintptr(unsafe.Pointer(table)))
}

// compileProgram stands in for PJRT_Client_Compile. A program that is kept is loaded, any other compiled and kept.
//
//export compileProgram
func compileProgram(args *C.pjrt_compile_args) unsafe.Pointer {
	code := view(args.program.code, args.program.code_size)
	options := view(args.options, args.options_size)
	if bytes.HasPrefix(code, []byte("module @"+TrainingStep)) {
		options = withOptions(options, opened.rules.StepOptions)
		own := (*C.char)(C.CBytes(options))
		defer func(theirs *C.char, size C.size_t) {
			args.options, args.options_size = theirs, size
			C.free(unsafe.Pointer(own))
		}(args.options, args.options_size)
		args.options, args.options_size = own, C.size_t(len(options))
	}
	store := opened.rules.Store
	if store == nil {
		return C.pjrt_compile(args)
	}
	key := store.key(code, options)
	if program := store.get(key); program != nil && C.pjrt_load(args, (*C.char)(unsafe.Pointer(&program[0])), C.size_t(len(program))) != 0 {
		return nil
	}
	if failure := C.pjrt_compile(args); failure != nil {
		return failure
	}
	var out C.pjrt_serialize_args
	if C.pjrt_serialize(args, &out) != 0 {
		store.put(key, view(out.bytes, out.bytes_size))
		C.pjrt_free(&out)
	}
	return nil
}

// view is C's memory as a slice.
func view(start *C.char, size C.size_t) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(start)), int(size))
}
