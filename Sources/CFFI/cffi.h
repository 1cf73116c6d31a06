/*
 * cffi.h: the part of libffi that calls a plain C function by its description. Arguments are f32, f64, i32, i64
 * and pointers; no structs, no variadics, no callbacks (closures would need executable memory, which a worker's
 * sandbox forbids).
 *
 * libffi's descriptors are mutable globals (ffi_type_double, …), which Swift's strict concurrency refuses to name.
 * They are never written, so each has an accessor here.
 */
#ifndef MNEME_CFFI_H
#define MNEME_CFFI_H

#include <ffi.h>

static inline ffi_type *cffi_void(void) { return &ffi_type_void; }
static inline ffi_type *cffi_f32(void) { return &ffi_type_float; }
static inline ffi_type *cffi_f64(void) { return &ffi_type_double; }
static inline ffi_type *cffi_i32(void) { return &ffi_type_sint32; }
static inline ffi_type *cffi_i64(void) { return &ffi_type_sint64; }
static inline ffi_type *cffi_pointer(void) { return &ffi_type_pointer; }

/* FFI_DEFAULT_ABI is another enumerator on every architecture. 0 = prepared. */
static inline int cffi_prepare(ffi_cif *cif, unsigned int count, ffi_type *result, ffi_type **arguments) {
    return ffi_prep_cif(cif, FFI_DEFAULT_ABI, count, result, arguments) == FFI_OK ? 0 : -1;
}

/* `result` has 8 bytes: libffi widens results narrower than a word. */
static inline void cffi_call(ffi_cif *cif, void *function, void *result, void **arguments) {
    /* POSIX: an address from dlsym converts to a function pointer. */
    ffi_call(cif, FFI_FN(function), result, arguments);
}

#endif /* MNEME_CFFI_H */
