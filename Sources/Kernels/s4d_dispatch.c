/*
 * The S4D kernels, compiled once per level, and the choice between them at each call.
 *
 * Not target_clones: those refuse helpers that pass vectors by value, and can't be told to use a lower level.
 */
#include "levels.h"
#include "s4d.h"

#include <math.h>
#include <string.h>

/* The functions of one level have its name at their end. */
#define AT_LEVEL_(name, level) s4d_##name##_##level
#define AT_LEVEL(name, level) AT_LEVEL_(name, level)
#define S4D(name) AT_LEVEL(name, LEVEL)

#define LEVEL baseline
#define LANES 4
#define TILE_ROWS 4
#define TILE_VECTORS 2
#include "s4d_level.h"
#undef LEVEL
#undef LANES
#undef TILE_ROWS
#undef TILE_VECTORS

#if defined(__x86_64__) && defined(__clang__)
#define HAS_LEVELS 1

#define LEVEL v3
#define LANES 8
#define TILE_ROWS 6
#define TILE_VECTORS 2
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "s4d_level.h"
#pragma clang attribute pop
#undef LEVEL
#undef LANES
#undef TILE_ROWS
#undef TILE_VECTORS

#define LEVEL v4
#define LANES 16
#define TILE_ROWS 6
#define TILE_VECTORS 4
/* Without `tune`, clang makes vectors of 256 bits even here; these loops are long enough for 512. */
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,tune=znver4"))), apply_to = function)
#include "s4d_level.h"
#pragma clang attribute pop
#endif

#if defined(HAS_LEVELS)
#define LEVELS_OF(name) {s4d_##name##_baseline, s4d_##name##_v3, s4d_##name##_v4}
#else
#define LEVELS_OF(name) {s4d_##name##_baseline, s4d_##name##_baseline, s4d_##name##_baseline}
#endif

#define DISPATCH(name, parameters, arguments) \
    void mneme_s4d_##name parameters { \
        static void (*const levels[MNEME_LEVELS]) parameters = LEVELS_OF(name); \
        levels[mneme_level()] arguments; \
    }

DISPATCH(
    vandermonde,
    (size_t from, size_t to, size_t modes, size_t channels, const double *rho_re, const double *rho_im,
     const double *v_re, const double *v_im, double *power, float *kernel),
    (from, to, modes, channels, rho_re, rho_im, v_re, v_im, power, kernel))

DISPATCH(
    vandermonde_backward,
    (size_t length, size_t modes, size_t channels, const double *rho_re, const double *rho_im,
     const float *dkernel, double *s0, double *s1),
    (length, modes, channels, rho_re, rho_im, dkernel, s0, s1))

DISPATCH(
    convolve,
    (size_t channels, size_t paths, const int32_t *offsets, const float *u, const float *kernel, const float *skip,
     float *y),
    (channels, paths, offsets, u, kernel, skip, y))

DISPATCH(
    convolve_backward,
    (size_t channels, size_t paths, const int32_t *offsets, const float *u, const float *kernel, const float *skip,
     const float *dy, float *du, float *dkernel, float *dskip),
    (channels, paths, offsets, u, kernel, skip, dy, du, dkernel, dskip))

DISPATCH(
    scan,
    (size_t length, size_t modes, size_t channels, const float *rho, const float *b, const float *c,
     const float *skip, const float *u, float *state, float *y, float *states),
    (length, modes, channels, rho, b, c, skip, u, state, y, states))

DISPATCH(
    scan_backward,
    (size_t length, size_t modes, size_t channels, const float *rho, const float *b, const float *c,
     const float *skip, const float *u, const float *states, const float *dy, float *lambda, float *drho,
     float *db, float *dc, float *dskip, float *du),
    (length, modes, channels, rho, b, c, skip, u, states, dy, lambda, drho, db, dc, dskip, du))

DISPATCH(
    matrix,
    (size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, size_t ldb,
     const float *bias, int accumulate, float *c, size_t ldc),
    (m, n, k, a, a_row, a_column, b, ldb, bias, accumulate, c, ldc))

DISPATCH(
    gelu,
    (size_t count, const float *x, float *y),
    (count, x, y))

DISPATCH(
    gelu_backward,
    (size_t count, const float *x, const float *dy, float *dx),
    (count, x, dy, dx))

DISPATCH(
    glu,
    (size_t rows, size_t channels, const float *z, int add, float *y),
    (rows, channels, z, add, y))

DISPATCH(
    glu_backward,
    (size_t rows, size_t channels, const float *z, const float *dy, float *dz),
    (rows, channels, z, dy, dz))

DISPATCH(
    layer_norm,
    (size_t rows, size_t channels, const float *x, const float *weight, const float *bias, float *y),
    (rows, channels, x, weight, bias, y))

DISPATCH(
    layer_norm_backward,
    (size_t rows, size_t channels, const float *x, const float *weight, const float *dy, float *dx, float *dweight,
     float *dbias),
    (rows, channels, x, weight, dy, dx, dweight, dbias))

DISPATCH(
    pool,
    (size_t channels, size_t paths, const int32_t *offsets, const float *x, int largest, float *pooled),
    (channels, paths, offsets, x, largest, pooled))

DISPATCH(
    pool_backward,
    (size_t channels, size_t paths, const int32_t *offsets, const float *x, int largest, const float *dpooled,
     float *dx),
    (channels, paths, offsets, x, largest, dpooled, dx))
