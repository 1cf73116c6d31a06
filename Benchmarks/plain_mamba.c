/*
 * The Mamba model of Benchmarks/speed.sh as anyone would write it: plain float loops, the compiler's best flags, nothing by
 * hand. The yardstick beside our kernels: same sizes, same arithmetic (docs/formats.md), random weights.
 *   cc -O3 -march=native -ffast-math Benchmarks/plain_mamba.c -lm -o plain && ./plain
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_D = 64, MAX_E = 128, N = 16, K = 4, MAX_R = 4, MAX_LAYERS = 4, FEATURES = 17 };

typedef struct {
    float norm[MAX_D], in[2 * MAX_E * MAX_D], conv[MAX_E * K], conv_bias[MAX_E];
    float select[(MAX_R + 2 * N) * MAX_E], step[MAX_E * MAX_R], step_bias[MAX_E];
    float a[MAX_E * N], skip[MAX_E], out[MAX_D * MAX_E];
    float window[MAX_E * (K - 1)], h[MAX_E * N];
} layer_t;

static layer_t layers[MAX_LAYERS];
static float embed[MAX_D * FEATURES], embed_bias[MAX_D], norm_f[MAX_D], head[MAX_D];
static int d, e, r, depth;

static float noise(float bound) { return ((float)rand() / (float)RAND_MAX * 2 - 1) * bound; }

static void fill(float *x, size_t n, float bound) {
    for (size_t i = 0; i < n; i++) x[i] = noise(bound);
}

static void make(int width, int layer_count) {
    d = width, e = 2 * width, r = (width + 15) / 16, depth = layer_count;
    for (int l = 0; l < depth; l++) {
        layer_t *p = &layers[l];
        for (int i = 0; i < d; i++) p->norm[i] = 1;
        fill(p->in, (size_t)(2 * e * d), 1 / sqrtf((float)d));
        fill(p->conv, (size_t)(e * K), 0.5f);
        fill(p->conv_bias, (size_t)e, 0.5f);
        fill(p->select, (size_t)((r + 2 * N) * e), 1 / sqrtf((float)e));
        fill(p->step, (size_t)(e * r), 1 / sqrtf((float)r));
        for (int i = 0; i < e; i++) p->step_bias[i] = -4.6f + noise(2.3f), p->skip[i] = 1;
        for (int i = 0; i < e * N; i++) p->a[i] = -(float)(i % N + 1);
        fill(p->out, (size_t)(d * e), 1 / sqrtf((float)e));
    }
    fill(embed, (size_t)(d * FEATURES), 0.24f);
    fill(embed_bias, (size_t)d, 0.24f);
    fill(head, (size_t)d, 1 / sqrtf((float)d));
    for (int i = 0; i < d; i++) norm_f[i] = 1;
}

static void reset(void) {
    for (int l = 0; l < depth; l++) {
        memset(layers[l].window, 0, sizeof layers[l].window);
        memset(layers[l].h, 0, sizeof layers[l].h);
    }
}

static void matvec(int rows, int columns, const float *w, const float *x, float *y) {
    for (int i = 0; i < rows; i++) {
        float total = 0;
        for (int j = 0; j < columns; j++) total += w[i * columns + j] * x[j];
        y[i] = total;
    }
}

static void rms_norm(const float *x, const float *w, float *y) {
    float total = 0;
    for (int i = 0; i < d; i++) total += x[i] * x[i];
    float scale = 1 / sqrtf(total / (float)d + 1e-5f);
    for (int i = 0; i < d; i++) y[i] = x[i] * scale * w[i];
}

static float silu(float v) { return v / (1 + expf(-v)); }

static void layer_step(layer_t *p, float *x) {
    static float normed[MAX_D], xz[2 * MAX_E], u[MAX_E], selected[MAX_R + 2 * N], delta[MAX_E], y[MAX_E], out[MAX_D];
    rms_norm(x, p->norm, normed);
    matvec(2 * e, d, p->in, normed, xz);
    for (int i = 0; i < e; i++) {
        float *w = p->window + i * (K - 1), c = p->conv_bias[i] + p->conv[i * K + K - 1] * xz[i];
        for (int k = 0; k < K - 1; k++) c += p->conv[i * K + k] * w[k];
        for (int k = 0; k < K - 2; k++) w[k] = w[k + 1];
        w[K - 2] = xz[i];
        u[i] = silu(c);
    }
    matvec(r + 2 * N, e, p->select, u, selected);
    matvec(e, r, p->step, selected, delta);
    const float *b = selected + r, *c = selected + r + N;
    for (int i = 0; i < e; i++) {
        float v = delta[i] + p->step_bias[i], step = fmaxf(v, 0) + log1pf(expf(-fabsf(v))), total = 0;
        for (int n = 0; n < N; n++) {
            float *h = &p->h[i * N + n];
            *h = expf(step * p->a[i * N + n]) * *h + step * u[i] * b[n];
            total += *h * c[n];
        }
        y[i] = (total + p->skip[i] * u[i]) * silu(xz[e + i]);
    }
    matvec(d, e, p->out, y, out);
    for (int i = 0; i < d; i++) x[i] += out[i];
}

static double microseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int order(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void show(const char *name, const char *what, double *times, int count) {
    qsort(times, (size_t)count, sizeof *times, order);
    printf("%s\t%s\tp50 %.2f\tp99 %.2f\tmin %.2f\tµs\n", name, what, times[count / 2], times[count * 99 / 100], times[0]);
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "plain C";
    enum { STEPS = 10000, LISTS = 1000 };
    static double times[STEPS];
    static float x[MAX_D], rows[20 * FEATURES], normed[MAX_D];
    volatile float sink = 0;
    make(64, 4);
    for (int round = -STEPS / 10; round < STEPS; round++) {
        for (int i = 0; i < d; i++) x[i] = (float)((round * 31 + i * 7) & 63) / 32 - 1;
        double start = microseconds();
        for (int l = 0; l < depth; l++) layer_step(&layers[l], x);
        if (round >= 0) times[round] = microseconds() - start;
        sink += x[0];
    }
    show(name, "step d64 L4 N16", times, STEPS);
    make(56, 2);
    for (int i = 0; i < 20 * FEATURES; i++) rows[i] = (float)(i % 13) / 13;
    for (int round = -LISTS / 10; round < LISTS; round++) {
        double start = microseconds();
        reset();
        for (int t = 0; t < 20; t++) {
            matvec(d, FEATURES, embed, rows + t * FEATURES, x);
            for (int i = 0; i < d; i++) x[i] += embed_bias[i];
            for (int l = 0; l < depth; l++) layer_step(&layers[l], x);
            rms_norm(x, norm_f, normed);
            float score;
            matvec(1, d, head, normed, &score);
            sink += score;
        }
        if (round >= 0) times[round] = microseconds() - start;
    }
    show(name, "list of 20, 52976 parameters", times, LISTS);
    return sink == 12345;
}
