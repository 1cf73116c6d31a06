/* The S4D kernels, compiled once per level, and the choice between them at each call. */
#include "levels.h"
#include "s4d.h"

#define S4D(name) AT_LEVEL(s4d, name)
#define LEVEL_SOURCE "s4d_level.h"
#include "level_each.h"

DISPATCH(
    s4d, vandermonde,
    (size_t from, size_t to, size_t modes, size_t channels, const double *rho_re, const double *rho_im,
     const double *v_re, const double *v_im, double *power, float *kernel),
    (from, to, modes, channels, rho_re, rho_im, v_re, v_im, power, kernel))

DISPATCH(
    s4d, vandermonde_backward,
    (size_t length, size_t modes, size_t channels, const double *rho_re, const double *rho_im,
     const float *dkernel, double *s0, double *s1),
    (length, modes, channels, rho_re, rho_im, dkernel, s0, s1))

DISPATCH(
    s4d, convolve,
    (size_t channels, size_t paths, const int32_t *offsets, const float *u, const float *kernel, const float *skip,
     float *y),
    (channels, paths, offsets, u, kernel, skip, y))

DISPATCH(
    s4d, convolve_backward,
    (size_t channels, size_t paths, const int32_t *offsets, const float *u, const float *kernel, const float *skip,
     const float *dy, float *du, float *dkernel, float *dskip),
    (channels, paths, offsets, u, kernel, skip, dy, du, dkernel, dskip))

DISPATCH(
    s4d, scan,
    (size_t length, size_t modes, size_t channels, const float *rho, const float *b, const float *c,
     const float *skip, const float *u, float *state, float *y, float *states),
    (length, modes, channels, rho, b, c, skip, u, state, y, states))

DISPATCH(
    s4d, scan_backward,
    (size_t length, size_t modes, size_t channels, const float *rho, const float *b, const float *c,
     const float *skip, const float *u, const float *states, const float *dy, float *lambda, float *drho,
     float *db, float *dc, float *dskip, float *du),
    (length, modes, channels, rho, b, c, skip, u, states, dy, lambda, drho, db, dc, dskip, du))

DISPATCH(
    s4d, matrix,
    (size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, size_t ldb,
     const float *bias, int accumulate, float *c, size_t ldc),
    (m, n, k, a, a_row, a_column, b, ldb, bias, accumulate, c, ldc))

DISPATCH(
    s4d, gelu,
    (size_t count, const float *x, float *y),
    (count, x, y))

DISPATCH(
    s4d, gelu_backward,
    (size_t count, const float *x, const float *dy, float *dx),
    (count, x, dy, dx))

DISPATCH(
    s4d, glu,
    (size_t rows, size_t channels, const float *z, int add, float *y),
    (rows, channels, z, add, y))

DISPATCH(
    s4d, glu_backward,
    (size_t rows, size_t channels, const float *z, const float *dy, float *dz),
    (rows, channels, z, dy, dz))

DISPATCH(
    s4d, layer_norm,
    (size_t rows, size_t channels, const float *x, const float *weight, const float *bias, float *y),
    (rows, channels, x, weight, bias, y))

DISPATCH(
    s4d, layer_norm_backward,
    (size_t rows, size_t channels, const float *x, const float *weight, const float *dy, float *dx, float *dweight,
     float *dbias),
    (rows, channels, x, weight, dy, dx, dweight, dbias))

DISPATCH(
    s4d, pool,
    (size_t channels, size_t paths, const int32_t *offsets, const float *x, int largest, float *pooled),
    (channels, paths, offsets, x, largest, pooled))

DISPATCH(
    s4d, pool_backward,
    (size_t channels, size_t paths, const int32_t *offsets, const float *x, int largest, const float *dpooled,
     float *dx),
    (channels, paths, offsets, x, largest, dpooled, dx))
