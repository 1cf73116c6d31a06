/*
 * Kernels of the diagonal state-space model (ssm-math §1), forward and backward, with run-time dispatch.
 *
 * H channels · M = N/2 complex modes per channel · R rows (hops of all paths, one after the other) · P paths
 *
 * Activations are row major, [R, H]: a row is one hop. Modes are [M, H], so that channels lie in the vector's lanes
 * everywhere. `offsets` [P+1] says where each path begins; the last is R. All buffers are borrowed, of any alignment,
 * and don't overlap unless said. Gradients are added to what is there. No fast-math; levels differ by fused
 * multiply-adds and by the order in which lanes are added up.
 *
 * Each has a plain loop beside it, `…_reference`, which the tests compare on every level.
 */
#ifndef MNEME_S4D_H
#define MNEME_S4D_H

#include <stddef.h>
#include <stdint.h>

/* K[l,h] = 2 Re sum_m v[m,h] rho[m,h]^l for l in [from, to); power[2,M,H] = rho^from, left at rho^to. §1.4 */
void mneme_s4d_vandermonde(
    size_t from, size_t to, size_t modes, size_t channels, const double *rho_re, const double *rho_im,
    const double *v_re, const double *v_im, double *power, float *kernel);

/* s0 = sum_l dK[l] rho^l, s1 = sum_l l dK[l] rho^(l-1), each [2,M,H]. §1.4 */
void mneme_s4d_vandermonde_backward(
    size_t length, size_t modes, size_t channels, const double *rho_re, const double *rho_im, const float *dkernel,
    double *s0, double *s1);

/* y[t] = skip u[t] + sum_{s<=t} K[t-s] u[s] within each path; kernel [>= longest path, H]. §1.4 */
void mneme_s4d_convolve(
    size_t channels, size_t paths, const int32_t *offsets, const float *u, const float *kernel, const float *skip,
    float *y);

/* du is written; dkernel and dskip are added to. */
void mneme_s4d_convolve_backward(
    size_t channels, size_t paths, const int32_t *offsets, const float *u, const float *kernel, const float *skip,
    const float *dy, float *du, float *dkernel, float *dskip);

/*
 * x = rho x + b u[t], y[t] = 2 Re sum_m c x + skip u[t] over one path; rho, b, c, state [2,M,H]; the state is
 * carried in and out. states [(length+1),2,M,H] gets every state, the first included, or is NULL. §1.5
 */
void mneme_s4d_scan(
    size_t length, size_t modes, size_t channels, const float *rho, const float *b, const float *c,
    const float *skip, const float *u, float *state, float *y, float *states);

/*
 * lambda [2,M,H]: in, the gradient of the last state; out, that of the first. drho, db, dc [2,M,H] and dskip [H]
 * are added to, du is written.
 */
void mneme_s4d_scan_backward(
    size_t length, size_t modes, size_t channels, const float *rho, const float *b, const float *c,
    const float *skip, const float *u, const float *states, const float *dy, float *lambda, float *drho, float *db,
    float *dc, float *dskip, float *du);

/*
 * c[m,n] = a[m,k] b[k,n] (+ c if accumulate, else + bias[n] unless NULL). a is read at i*a_row + j*a_column, so it
 * may stand transposed; b and c are row major, ldb and ldc apart.
 */
void mneme_s4d_matrix(
    size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, size_t ldb,
    const float *bias, int accumulate, float *c, size_t ldc);

/* y = gelu(x), the erf form; count values. x and y may be the same. §0 */
void mneme_s4d_gelu(size_t count, const float *x, float *y);

/* dx = dy gelu'(x); dy and dx may be the same. */
void mneme_s4d_gelu_backward(size_t count, const float *x, const float *dy, float *dx);

/* y = a sigmoid(q), z [R, 2H] = a, q. With add: y += that. §0 */
void mneme_s4d_glu(size_t rows, size_t channels, const float *z, int add, float *y);

/* y = a sigmoid(q), z [R, 2H] = a, q. With add: y += that. §0 */
void mneme_s4d_glu_backward(size_t rows, size_t channels, const float *z, const float *dy, float *dz);

/* LayerNorm of each row, biased variance, epsilon 1e-5; x and y may be the same. §0 */
void mneme_s4d_layer_norm(
    size_t rows, size_t channels, const float *x, const float *weight, const float *bias, float *y);

/* From x again, nothing kept; dx is added to, as are dweight and dbias. */
void mneme_s4d_layer_norm_backward(
    size_t rows, size_t channels, const float *x, const float *weight, const float *dy, float *dx, float *dweight,
    float *dbias);

/* pooled [P, H] or, with largest, [P, 2H]: mean over a path's rows, then the largest. §1.6 */
void mneme_s4d_pool(
    size_t channels, size_t paths, const int32_t *offsets, const float *x, int largest, float *pooled);

/* dx is written; where rows tie for the largest, the first gets the gradient. */
void mneme_s4d_pool_backward(
    size_t channels, size_t paths, const int32_t *offsets, const float *x, int largest, const float *dpooled,
    float *dx);

/* The plain loops. */
void mneme_s4d_vandermonde_reference(
    size_t from, size_t to, size_t modes, size_t channels, const double *rho_re, const double *rho_im,
    const double *v_re, const double *v_im, double *power, float *kernel);
void mneme_s4d_vandermonde_backward_reference(
    size_t length, size_t modes, size_t channels, const double *rho_re, const double *rho_im, const float *dkernel,
    double *s0, double *s1);
void mneme_s4d_convolve_reference(
    size_t channels, size_t paths, const int32_t *offsets, const float *u, const float *kernel, const float *skip,
    float *y);
void mneme_s4d_convolve_backward_reference(
    size_t channels, size_t paths, const int32_t *offsets, const float *u, const float *kernel, const float *skip,
    const float *dy, float *du, float *dkernel, float *dskip);
void mneme_s4d_scan_reference(
    size_t length, size_t modes, size_t channels, const float *rho, const float *b, const float *c,
    const float *skip, const float *u, float *state, float *y, float *states);
void mneme_s4d_scan_backward_reference(
    size_t length, size_t modes, size_t channels, const float *rho, const float *b, const float *c,
    const float *skip, const float *u, const float *states, const float *dy, float *lambda, float *drho, float *db,
    float *dc, float *dskip, float *du);
void mneme_s4d_matrix_reference(
    size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, size_t ldb,
    const float *bias, int accumulate, float *c, size_t ldc);
void mneme_s4d_gelu_reference(size_t count, const float *x, float *y);
void mneme_s4d_gelu_backward_reference(size_t count, const float *x, const float *dy, float *dx);
void mneme_s4d_glu_reference(size_t rows, size_t channels, const float *z, int add, float *y);
void mneme_s4d_glu_backward_reference(size_t rows, size_t channels, const float *z, const float *dy, float *dz);
void mneme_s4d_layer_norm_reference(
    size_t rows, size_t channels, const float *x, const float *weight, const float *bias, float *y);
void mneme_s4d_layer_norm_backward_reference(
    size_t rows, size_t channels, const float *x, const float *weight, const float *dy, float *dx, float *dweight,
    float *dbias);
void mneme_s4d_pool_reference(
    size_t channels, size_t paths, const int32_t *offsets, const float *x, int largest, float *pooled);
void mneme_s4d_pool_backward_reference(
    size_t channels, size_t paths, const int32_t *offsets, const float *x, int largest, const float *dpooled,
    float *dx);

#endif
