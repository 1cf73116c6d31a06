/*
 * Numeric kernels with run-time dispatch (x86-64-v4, -v3, baseline). No fast-math: every level adds in the same
 * order of lanes, so results differ only by the fused multiply-add.
 */
#ifndef MNEME_KERNELS_H
#define MNEME_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Named here so that a new header changes this one, on which the cached module depends. */
#include "levels.h"
#include "mamba_kernels.h"
#include "s4d.h"
#include "ssd.h"

/* a[n] . b[n], f32. Borrowed, any alignment. */
float mneme_dot_f32(const float *a, const float *b, size_t n);

/* Products and sums in double, the same bits on every level: for sums that become angles. */
double mneme_dot_double(const float *a, const float *b, size_t n);

/* a[n] as IEEE binary16, b[n] f32. */
float mneme_dot_f16(const uint16_t *a, const float *b, size_t n);

/* The plain loop, in double: what the fast ones are checked against. */
float mneme_dot_f32_reference(const float *a, const float *b, size_t n);
float mneme_dot_f16_reference(const uint16_t *a, const float *b, size_t n);

#endif
