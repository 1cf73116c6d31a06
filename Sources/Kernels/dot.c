#include "kernels.h"

#include <string.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
/* The loader runs the clones' resolver before the sanitiser exists. */
#define NO_CLONES
#endif
#endif

#if defined(__x86_64__) && defined(__clang__) && !defined(NO_CLONES)
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

double mneme_dot_double(const float *a, const float *b, size_t n) {
    double lanes[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++) lanes[j] += (double)a[i + j] * b[i + j];
    for (size_t j = 0; i < n; i++, j++) lanes[j] += (double)a[i] * b[i];
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

/* Sixteen halves and sixteen floats; clang makes one vcvtph2ps of the conversion where the CPU has it. */
typedef _Float16 f16x16 __attribute__((vector_size(32)));
typedef float f32x16 __attribute__((vector_size(64)));

CLONES float mneme_dot_f16(const uint16_t *a, const float *b, size_t n) {
    f32x16 sums[4] = {{0}, {0}, {0}, {0}};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < 4; j++) {
            f16x16 halves;
            f32x16 floats;
            memcpy(&halves, a + i + 16 * j, sizeof halves);
            memcpy(&floats, b + i + 16 * j, sizeof floats);
            sums[j] += __builtin_convertvector(halves, f32x16) * floats;
        }
    float lanes[16], total = 0;
    f32x16 sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    memcpy(lanes, &sum, sizeof lanes);
    for (size_t j = 0; j < 16; j++) total += lanes[j];
    for (; i < n; i++) {
        _Float16 half;
        memcpy(&half, a + i, sizeof half);
        total += (float)half * b[i];
    }
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
