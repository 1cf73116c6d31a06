#include "kernels.h"

#include <string.h>

#if defined(__x86_64__) && defined(__clang__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

/* Lanes of partial sums: enough for four vectors of 16 floats, which hides the latency of an FMA. */
enum { LANES = 64 };

CLONES float mneme_dot_f32(const float *a, const float *b, size_t n) {
    float lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) lanes[j] += a[i + j] * b[i + j];
    for (size_t j = 0; i < n; i++, j++) lanes[j] += a[i] * b[i];
    float total = 0;
    for (size_t j = 0; j < LANES; j++) total += lanes[j];
    return total;
}

CLONES float mneme_dot_f16(const uint16_t *a, const float *b, size_t n) {
    float lanes[LANES] = {0};
    _Float16 halves[LANES];
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        memcpy(halves, a + i, sizeof halves);
        for (size_t j = 0; j < LANES; j++) lanes[j] += (float)halves[j] * b[i + j];
    }
    for (size_t j = 0; i < n; i++, j++) {
        memcpy(halves, a + i, sizeof halves[0]);
        lanes[j] += (float)halves[0] * b[i];
    }
    float total = 0;
    for (size_t j = 0; j < LANES; j++) total += lanes[j];
    return total;
}

float mneme_dot_f32_reference(const float *a, const float *b, size_t n) {
    double total = 0;
    for (size_t i = 0; i < n; i++) total += (double)a[i] * b[i];
    return (float)total;
}

float mneme_dot_f16_reference(const uint16_t *a, const float *b, size_t n) {
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        _Float16 half;
        memcpy(&half, a + i, sizeof half);
        total += (double)half * b[i];
    }
    return (float)total;
}
