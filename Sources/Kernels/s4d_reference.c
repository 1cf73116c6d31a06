/*
 * What each S4D kernel computes, as plain loops in double after the formulas of ssm-math §0 and §1, without a thought
 * for speed. The tests hold the fast ones against these.
 */
#include "s4d.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

typedef double complex z_t;

static z_t mode_f(const float *split, size_t plane, size_t at) { return split[at] + I * split[plane + at]; }

static void add_f(float *split, size_t plane, size_t at, z_t value) {
    split[at] += (float)creal(value);
    split[plane + at] += (float)cimag(value);
}

static double sigmoid(double v) { return v >= 0 ? 1 / (1 + exp(-v)) : exp(v) / (1 + exp(v)); }

void mneme_s4d_vandermonde_reference(
    size_t from, size_t to, size_t modes, size_t channels, const double *rho_re, const double *rho_im,
    const double *v_re, const double *v_im, double *power, float *kernel) {
    size_t plane = modes * channels;
    for (size_t h = 0; h < channels; h++)
        for (size_t l = from; l < to; l++) {
            double sum = 0;
            for (size_t at = h; at < plane; at += channels)
                sum += creal((v_re[at] + I * v_im[at]) * cpow(rho_re[at] + I * rho_im[at], (double)l));
            kernel[l * channels + h] = (float)(2 * sum);
        }
    for (size_t at = 0; at < plane; at++) {
        z_t last = cpow(rho_re[at] + I * rho_im[at], (double)to);
        power[at] = creal(last);
        power[plane + at] = cimag(last);
    }
}

void mneme_s4d_vandermonde_backward_reference(
    size_t length, size_t modes, size_t channels, const double *rho_re, const double *rho_im, const float *dkernel,
    double *s0, double *s1) {
    size_t plane = modes * channels;
    for (size_t at = 0; at < plane; at++) {
        z_t rho = rho_re[at] + I * rho_im[at], a = 0, b = 0;
        for (size_t l = 0; l < length; l++) {
            double slope = dkernel[l * channels + at % channels];
            a += slope * cpow(rho, (double)l);
            if (l > 0) b += (double)l * slope * cpow(rho, (double)(l - 1));
        }
        s0[at] = creal(a), s0[plane + at] = cimag(a);
        s1[at] = creal(b), s1[plane + at] = cimag(b);
    }
}

void mneme_s4d_convolve_reference(
    size_t channels, size_t paths, const int32_t *offsets, const float *u, const float *kernel, const float *skip,
    float *y) {
    for (size_t p = 0; p < paths; p++)
        for (int32_t t = offsets[p]; t < offsets[p + 1]; t++)
            for (size_t h = 0; h < channels; h++) {
                double sum = (double)skip[h] * u[(size_t)t * channels + h];
                for (int32_t s = offsets[p]; s <= t; s++)
                    sum += (double)kernel[(size_t)(t - s) * channels + h] * u[(size_t)s * channels + h];
                y[(size_t)t * channels + h] = (float)sum;
            }
}

void mneme_s4d_convolve_backward_reference(
    size_t channels, size_t paths, const int32_t *offsets, const float *u, const float *kernel, const float *skip,
    const float *dy, float *du, float *dkernel, float *dskip) {
    for (size_t p = 0; p < paths; p++)
        for (int32_t s = offsets[p]; s < offsets[p + 1]; s++)
            for (size_t h = 0; h < channels; h++) {
                size_t here = (size_t)s * channels + h;
                double sum = (double)skip[h] * dy[here];
                for (int32_t t = s; t < offsets[p + 1]; t++) {
                    size_t lag = (size_t)(t - s) * channels + h, later = (size_t)t * channels + h;
                    sum += (double)kernel[lag] * dy[later];
                    dkernel[lag] += dy[later] * u[here];
                }
                dskip[h] += dy[here] * u[here];
                du[here] = (float)sum;
            }
}

void mneme_s4d_scan_reference(
    size_t length, size_t modes, size_t channels, const float *rho, const float *b, const float *c, const float *skip,
    const float *u, float *state, float *y, float *states) {
    size_t plane = modes * channels;
    for (size_t h = 0; h < channels; h++)
        for (size_t t = 0; t < length; t++) y[t * channels + h] = skip[h] * u[t * channels + h];
    for (size_t at = 0; at < plane; at++) {
        z_t x = mode_f(state, plane, at);
        for (size_t t = 0; t <= length; t++) {
            if (states) {
                states[t * 2 * plane + at] = (float)creal(x);
                states[t * 2 * plane + plane + at] = (float)cimag(x);
            }
            if (t == length) break;
            x = mode_f(rho, plane, at) * x + mode_f(b, plane, at) * u[t * channels + at % channels];
            y[t * channels + at % channels] += (float)(2 * creal(mode_f(c, plane, at) * x));
        }
        state[at] = (float)creal(x), state[plane + at] = (float)cimag(x);
    }
}

void mneme_s4d_scan_backward_reference(
    size_t length, size_t modes, size_t channels, const float *rho, const float *b, const float *c, const float *skip,
    const float *u, const float *states, const float *dy, float *lambda, float *drho, float *db, float *dc,
    float *dskip, float *du) {
    size_t plane = modes * channels;
    for (size_t i = 0; i < length * channels; i++) {
        du[i] = skip[i % channels] * dy[i];
        dskip[i % channels] += dy[i] * u[i];
    }
    for (size_t at = 0; at < plane; at++) {
        z_t l = mode_f(lambda, plane, at);
        for (size_t t = length; t-- > 0;) {
            size_t row = t * channels + at % channels;
            l += 2 * dy[row] * conj(mode_f(c, plane, at));
            add_f(dc, plane, at, 2 * dy[row] * conj(mode_f(states + (t + 1) * 2 * plane, plane, at)));
            add_f(db, plane, at, l * u[row]);
            add_f(drho, plane, at, l * conj(mode_f(states + t * 2 * plane, plane, at)));
            du[row] += (float)creal(l * conj(mode_f(b, plane, at)));
            l *= conj(mode_f(rho, plane, at));
        }
        lambda[at] = (float)creal(l), lambda[plane + at] = (float)cimag(l);
    }
}

void mneme_s4d_matrix_reference(
    size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, size_t ldb,
    const float *bias, int accumulate, float *c, size_t ldc) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = accumulate ? c[i * ldc + j] : bias ? bias[j] : 0;
            for (size_t p = 0; p < k; p++) sum += (double)a[i * a_row + p * a_column] * b[p * ldb + j];
            c[i * ldc + j] = (float)sum;
        }
}

static double normal_cdf(double v) { return 0.5 * erfc(-v * sqrt(0.5)); }

void mneme_s4d_gelu_reference(size_t count, const float *x, float *y) {
    for (size_t i = 0; i < count; i++) y[i] = (float)(x[i] * normal_cdf(x[i]));
}

void mneme_s4d_gelu_backward_reference(size_t count, const float *x, const float *dy, float *dx) {
    for (size_t i = 0; i < count; i++) {
        double v = x[i], density = exp(-v * v / 2) / sqrt(8 * atan(1));
        dx[i] = (float)(dy[i] * (normal_cdf(v) + v * density));
    }
}

void mneme_s4d_glu_reference(size_t rows, size_t channels, const float *z, int add, float *y) {
    for (size_t r = 0; r < rows; r++)
        for (size_t h = 0; h < channels; h++) {
            double value = z[2 * r * channels + h] * sigmoid(z[(2 * r + 1) * channels + h]);
            y[r * channels + h] = (float)(value + (add ? y[r * channels + h] : 0));
        }
}

void mneme_s4d_glu_backward_reference(size_t rows, size_t channels, const float *z, const float *dy, float *dz) {
    for (size_t r = 0; r < rows; r++)
        for (size_t h = 0; h < channels; h++) {
            double gate = sigmoid(z[(2 * r + 1) * channels + h]), slope = dy[r * channels + h];
            double value = z[2 * r * channels + h];
            dz[2 * r * channels + h] = (float)(slope * gate);
            dz[(2 * r + 1) * channels + h] = (float)(slope * value * gate * (1 - gate));
        }
}

static void moments(size_t channels, const float *x, double *mean, double *scale) {
    double sum = 0, squares = 0;
    for (size_t h = 0; h < channels; h++) sum += x[h];
    *mean = sum / (double)channels;
    for (size_t h = 0; h < channels; h++) squares += (x[h] - *mean) * (x[h] - *mean);
    *scale = 1 / sqrt(squares / (double)channels + 1e-5);
}

void mneme_s4d_layer_norm_reference(
    size_t rows, size_t channels, const float *x, const float *weight, const float *bias, float *y) {
    for (size_t r = 0; r < rows; r++) {
        double mean, scale;
        moments(channels, x + r * channels, &mean, &scale);
        for (size_t h = 0; h < channels; h++)
            y[r * channels + h] = (float)((x[r * channels + h] - mean) * scale * weight[h] + bias[h]);
    }
}

void mneme_s4d_layer_norm_backward_reference(
    size_t rows, size_t channels, const float *x, const float *weight, const float *dy, float *dx, float *dweight,
    float *dbias) {
    for (size_t r = 0; r < rows; r++, x += channels, dy += channels, dx += channels) {
        double mean, scale, shift = 0, tilt = 0;
        moments(channels, x, &mean, &scale);
        for (size_t h = 0; h < channels; h++) {
            double normal = (x[h] - mean) * scale;
            shift += dy[h] * weight[h] / (double)channels;
            tilt += dy[h] * weight[h] * normal / (double)channels;
            dweight[h] += (float)(dy[h] * normal);
            dbias[h] += dy[h];
        }
        for (size_t h = 0; h < channels; h++)
            dx[h] += (float)(scale * (dy[h] * weight[h] - shift - (x[h] - mean) * scale * tilt));
    }
}

void mneme_s4d_pool_reference(
    size_t channels, size_t paths, const int32_t *offsets, const float *x, int largest, float *pooled) {
    for (size_t p = 0; p < paths; p++)
        for (size_t h = 0; h < channels; h++) {
            double sum = 0, top = offsets[p] < offsets[p + 1] ? -HUGE_VAL : 0;
            for (int32_t r = offsets[p]; r < offsets[p + 1]; r++) {
                sum += x[(size_t)r * channels + h];
                top = fmax(top, x[(size_t)r * channels + h]);
            }
            int32_t length = offsets[p + 1] - offsets[p];
            float *row = pooled + p * channels * (largest ? 2 : 1);
            row[h] = length ? (float)(sum / length) : 0;
            if (largest) row[channels + h] = (float)top;
        }
}

void mneme_s4d_pool_backward_reference(
    size_t channels, size_t paths, const int32_t *offsets, const float *x, int largest, const float *dpooled,
    float *dx) {
    for (size_t p = 0; p < paths; p++)
        for (size_t h = 0; h < channels; h++) {
            const float *slope = dpooled + p * channels * (largest ? 2 : 1);
            int32_t top = offsets[p];
            for (int32_t r = offsets[p]; r < offsets[p + 1]; r++) {
                dx[(size_t)r * channels + h] = slope[h] / (float)(offsets[p + 1] - offsets[p]);
                if (x[(size_t)r * channels + h] > x[(size_t)top * channels + h]) top = r;
            }
            if (largest && offsets[p] < offsets[p + 1]) dx[(size_t)top * channels + h] += slope[channels + h];
        }
}
