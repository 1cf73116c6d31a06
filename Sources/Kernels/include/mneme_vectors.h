// Arithmetic on embedding vectors: dot products and the conversion to and from float16.
//
// Every function is pure, takes borrowed memory, never fails and may run on any thread. Pointers
// need no alignment beyond their element's; `count` may be 0. The fastest form the CPU knows
// (AVX-512, AVX2 + F16C, or plain code) is picked at run time. Sums are taken in several partial
// sums, so that results differ from the plain loop by rounding, and between CPUs likewise.
#ifndef MNEME_VECTORS_H
#define MNEME_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Sum of a[i] · b[i], in float32.
float mneme_dot_f32(const float *a, const float *b, size_t count);

// Sum of query[i] · stored[i]; `stored` holds IEEE float16 bits.
float mneme_dot_f16(const float *query, const uint16_t *stored, size_t count);

// Rounds to nearest even; above 65,504 becomes infinity.
void mneme_f32_to_f16(const float *from, uint16_t *to, size_t count);

// Exact.
void mneme_f16_to_f32(const uint16_t *from, float *to, size_t count);

// The same in plain loops, accumulated in double: what the tests compare with.
double mneme_dot_f32_reference(const float *a, const float *b, size_t count);
double mneme_dot_f16_reference(const float *query, const uint16_t *stored, size_t count);
uint16_t mneme_f16_from_f32_reference(float value);
float mneme_f32_from_f16_reference(uint16_t bits);

// "x86-64-v4", "x86-64-v3" or "baseline": the form in use on this machine.
const char *mneme_vector_level(void);

#ifdef __cplusplus
}
#endif

#endif
