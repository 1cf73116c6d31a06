/*
 * The arithmetic of state-space models as a table of functions, one table per dispatch level. No fast-math; the levels
 * differ in vector width and fused multiply-add only, and `mneme_kernels_reference` holds the same functions as plain
 * loops in double: what the fast ones are checked against.
 *
 * Letters: T rows (time steps) · E channels · N state per channel · K convolution taps · n elements.
 * Arrays are row major, float32, any alignment, borrowed for the call. `x_stride` and its like are floats between rows,
 * so that a slice of a wider row is used in place. Outputs may not overlap inputs unless a comment says so.
 * Equations are those of references/ssm-math.md; its sections are named as «math 2.2».
 *
 * Threads: every function may run on many threads at once; none allocates, locks or keeps anything.
 */
#ifndef MNEME_MAMBA_KERNELS_H
#define MNEME_MAMBA_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* Outputs of a packed matrix stand in panels of this many: panel[rows][16], rows = inputs made odd, padded with zeros.
 * An even number of rows would put the panels that a kernel reads side by side 4 KiB apart, in one set of the cache. */
enum { MNEME_PANEL = 16 };
static inline size_t mneme_panel_rows(size_t inputs) { return inputs | 1; }
/* Elements of a packed matrix. */
static inline size_t mneme_packed_count(size_t outputs, size_t inputs) {
    return (outputs + MNEME_PANEL - 1) / MNEME_PANEL * MNEME_PANEL * mneme_panel_rows(inputs);
}

/* y[T, outputs] = x[T, inputs] Wt + bias, or += with `accumulate`. `panels` as mneme_pack makes them. */
typedef struct {
    size_t rows, inputs, outputs;
    const float *x;
    size_t x_stride;
    float *y;
    size_t y_stride;
    const float *_Nullable bias; /* [outputs] */
    int accumulate;
} mneme_linear_t;

/* Depthwise causal convolution (math 2.2): y_t = bias + sum_k w[k] x_(t-(K-1)+k). */
typedef struct {
    size_t rows, channels, taps;
    const float *x; /* [T, E] */
    size_t x_stride;
    const float *weight;         /* [K, E]: taps outside, channels inside */
    const float *_Nullable bias; /* [E] */
} mneme_conv_t;

/* Selective scan with a real diagonal A (math 2.2, irregular time 5):
 *   h_t = exp(decay_t A) h_(t-1) + (delta_t u_t) B_t     y_t = h_t C_t + D u_t
 * Channels are the inner dimension of state and A, so that no sum runs across a vector. */
typedef struct {
    size_t rows, channels, states;
    const float *u;      /* [T, E] */
    const float *delta;  /* [T, E], write strength */
    const float *decay;  /* [T, E], elapsed time; the same array as `delta` for regular steps */
    size_t stride;       /* of u, delta, decay, y and of their gradients */
    const float *a;      /* [N, E], negative */
    const float *b;      /* [T, N] */
    const float *c;      /* [T, N] */
    size_t bc_stride;    /* of b, c and of their gradients */
    const float *_Nullable skip; /* D [E] */
} mneme_scan_t;

typedef struct {
    const float *dy;      /* [T, E] */
    const float *history; /* [T+1, N, E], as the forward scan wrote it */
    float *lambda;        /* [N, E] in: gradient of the last state; out: of the first */
    float *du;            /* [T, E] written */
    float *d_delta;       /* [T, E] written: the part through the write */
    float *d_decay;       /* [T, E] written: the part through exp(decay A); their sum where both are one array */
    float *da;            /* [N, E] added to */
    float *db;            /* [T, N] written */
    float *dc;            /* [T, N] written */
    float *_Nullable d_skip; /* [E] added to */
} mneme_scan_gradient_t;

/* Mamba-3's recurrence of one head (math 4.2) with P = `width`, N = `states`, R = `ranks`:
 *   S_t = alpha S_(t-1) + sum_r beta v_(t-1,r) k_(t-1,r) + gamma v_(t,r) k_(t,r)      y_(t,r) = S_t q_r + D v_r
 * S is [N, P]. The strides lead from one row (time) to the next, so that heads may lie beside each other. */
typedef struct {
    size_t rows, ranks, width, states;
    const float *v; /* [T, R, P] */
    size_t v_stride; /* of v, y and of their gradients */
    const float *k, *q; /* [T, R, N], rotated */
    size_t k_stride; /* of k, q and of their gradients */
    const float *alpha, *beta, *gamma; /* [T] */
    size_t step_stride; /* of alpha, beta, gamma and of their gradients */
    const float *previous_v, *previous_k; /* [R, P], [R, N] before the first row */
    float skip; /* D of the head */
} mneme_rotary_t;

typedef struct {
    const float *dy;      /* [T, R, P] */
    const float *history; /* [T+1, N, P] */
    float *adjoint;       /* [N, P] in: gradient of the last state; out: of the first */
    float *dv, *dk;       /* added to: a row is the next row's previous one */
    float *dq;            /* written */
    float *d_alpha, *d_beta, *d_gamma; /* [T] written */
    float *d_skip;        /* added to */
} mneme_rotary_gradient_t;

typedef struct {
    float learning_rate, epsilon, weight_decay;
    float beta1, beta2, new1, new2;      /* new = 1-beta, rounded once: 1-0.999f would lose five digits */
    float correction1, correction2_root; /* 1-beta1^t and sqrt(1-beta2^t) */
    float gradient_scale;                /* of clipping */
} mneme_adamw_t;

/* Scores of T hidden rows against a table of V items, s[t, v] = h_t . e_v + b_v, under one softmax per row (math 8). */
typedef struct {
    size_t rows, width, items;
    const float *hidden;           /* [T, D] */
    const float *table;            /* [V, D] */
    const float *_Nullable bias;   /* [V] */
} mneme_softmax_product_t;

/* Floats of workspace that the two functions on it need, whatever T and V. */
size_t mneme_softmax_workspace(size_t width);

typedef struct mneme_kernels {
    const char *name;

    /* Element by element, y may be x. exp: at most 2 ulp, denormals included. */
    void (*exp)(const float *x, size_t n, float *y);
    void (*softplus)(const float *x, size_t n, float *y);
    void (*sigmoid)(const float *x, size_t n, float *y);
    void (*silu)(const float *x, size_t n, float *y);
    void (*gelu)(const float *x, size_t n, float *y); /* the erf form */
    /* dx = dy f'(x); dx may be dy. */
    void (*softplus_gradient)(const float *x, const float *dy, size_t n, float *dx);
    void (*silu_gradient)(const float *x, const float *dy, size_t n, float *dx);
    void (*gelu_gradient)(const float *x, const float *dy, size_t n, float *dx);

    /* Gate of Mamba (math 2.2): g = y silu(z), and its gradients. */
    void (*gate)(size_t rows, size_t n, const float *y, size_t y_stride, const float *z, size_t z_stride, float *g);
    void (*gate_gradient)(size_t rows, size_t n, const float *dg, const float *y, const float *z, size_t z_stride,
                          float *dy, float *dz, size_t dz_stride);

    /* Norms over rows of n (math 0, eps inside the root). `scale` [T] keeps 1/rms or 1/std, `mean` [T] the mean. */
    void (*rms_norm)(size_t rows, size_t n, const float *x, const float *weight, float epsilon, float *y, float *scale);
    void (*rms_norm_gradient)(size_t rows, size_t n, const float *x, const float *weight, const float *scale,
                              const float *dy, float *dx, float *dw); /* dx += , dw += */
    void (*layer_norm)(size_t rows, size_t n, const float *x, const float *weight, const float *bias, float epsilon,
                       float *y, float *mean, float *scale);
    void (*layer_norm_gradient)(size_t rows, size_t n, const float *x, const float *weight, const float *mean,
                                const float *scale, const float *dy, float *dx, float *dw, float *db); /* all += */

    void (*linear)(const mneme_linear_t *call, const float *panels);
    /* Codes in the same panels, one scale per output; activations and sums are float32. */
    void (*linear_int8)(const mneme_linear_t *call, const int8_t *panels, const float *scales);
    /* dW[outputs, inputs] += dy^T x ; db[outputs] += column sums of dy. The gradient of x is `linear` with the
     * transpose packed. */
    void (*linear_gradient)(size_t rows, size_t inputs, size_t outputs, const float *dy, size_t dy_stride,
                            const float *x, size_t x_stride, float *dw, float *_Nullable db);

    /* `state` [K-1, E], oldest first: the inputs before the first row; on return those of the last. */
    void (*conv)(const mneme_conv_t *call, float *state, float *y, size_t y_stride);
    /* dx written; dw [K, E] and db [E] added to. `state` as it was before the first row, or null for zeros. */
    void (*conv_gradient)(const mneme_conv_t *call, const float *_Nullable state, const float *dy, size_t dy_stride,
                          float *dx, size_t dx_stride, float *dw, float *_Nullable db);

    /* `h` [N, E] carried; `history` [T+1, N, E] receives h before and after each row, or null. */
    void (*scan)(const mneme_scan_t *call, float *h, float *_Nullable history, float *y);
    void (*scan_gradient)(const mneme_scan_t *call, const mneme_scan_gradient_t *out);
    /* Time passes and nothing is written: h[N, E] *= exp(decay[E] A). */
    void (*scan_decay)(size_t channels, size_t states, const float *decay, const float *a, float *h);

    /* `state` [N, P] carried; `history` [T+1, N, P] or null. */
    void (*rotary_scan)(const mneme_rotary_t *call, float *state, float *_Nullable history, float *y);
    void (*rotary_scan_gradient)(const mneme_rotary_t *call, const mneme_rotary_gradient_t *out);

    /* Listwise softmax cross-entropy of one list (math 8), labels >= 0 graded. Null mask: all valid. Returns 0 and
     * writes loss 0 and gradient 0 where no valid entry is relevant. The gradient is multiplied by `weight`. */
    int (*listwise)(size_t n, const float *scores, const float *labels, const uint8_t *_Nullable mask, float weight,
                    float *loss, float *gradient);
    /* The same with one target among n: loss = log sum exp - score of it. */
    float (*cross_entropy)(size_t n, const float *scores, size_t target, float weight, float *gradient);

    /* log_sums[T] = log sum_v exp s[t, v]; no [T, V] matrix is made. */
    void (*softmax_product)(const mneme_softmax_product_t *call, float *workspace, float *log_sums);
    /* With p = exp(s - log_sums): d_hidden[T, D] += p e, d_table[V, D] += p^T h, d_bias[V] += sum_t p. The targets' own
     * share (-e, -h, -1) is the caller's: it touches T rows. */
    void (*softmax_product_gradient)(const mneme_softmax_product_t *call, float *workspace, const float *log_sums,
                                     float *d_hidden, float *d_table, float *_Nullable d_bias);

    /* One AdamW update of n parameters (math 9). */
    void (*adamw)(const mneme_adamw_t *rule, size_t n, const float *gradient, float *parameters, float *first,
                  float *second);
    double (*sum_of_squares)(const float *x, size_t n);
    void (*add)(const float *x, size_t n, float *y);                        /* y += x */
    void (*scaled_add)(float factor, const float *x, size_t n, float *y); /* y += factor x */
} mneme_kernels_t;

typedef enum { MNEME_BASELINE = 0, MNEME_V3 = 1, MNEME_V4 = 2 } mneme_level_t;

/* The table of one level, or null where this CPU lacks it. On Arm only the baseline, compiled for NEON. */
const mneme_kernels_t *_Nullable mneme_kernels_at(mneme_level_t level);
/* The highest that this CPU has. */
const mneme_kernels_t *mneme_kernels_best(void);
/* Plain loops in double. */
const mneme_kernels_t *mneme_kernels_plain(void);

/* W[outputs, inputs] into panels, mneme_packed_count floats. `row_stride`, `column_stride` in floats: the
 * transpose is packed by exchanging them. */
void mneme_pack(const float *w, size_t outputs, size_t inputs, size_t row_stride, size_t column_stride, float *panels);
void mneme_pack_int8(const int8_t *codes, size_t outputs, size_t inputs, int8_t *panels);
/* y[columns, rows] = x[rows, columns]. */
void mneme_transpose(const float *x, size_t rows, size_t columns, float *y);

#pragma clang assume_nonnull end

#endif
