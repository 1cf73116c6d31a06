// Picks, once, the form of the kernels that this CPU runs fastest.

#include "mneme_vectors.h"

#include <stdatomic.h>
#include <string.h>

typedef float f32x16 __attribute__((vector_size(64)));
// The same lanes anywhere in memory. Vectors cross functions by pointer only: by value, their
// passing would differ between the levels.
typedef float f32x16_unaligned __attribute__((vector_size(64), aligned(4), may_alias));
#define LANES(from) (*(const f32x16_unaligned *)(from))

// MARK: Plain forms

// Exponent and mantissa are moved as bits; multiplying by 2^112 then rebiases the exponent and
// normalises subnormals in one step. Infinity and NaN keep their exponent of all ones.
float mneme_f32_from_f16_reference(uint16_t bits) {
    uint32_t magnitude = (uint32_t)(bits & 0x7fff) << 13;
    float value;
    if (magnitude >= 0x0f800000) {
        magnitude |= 0x7f800000;
        memcpy(&value, &magnitude, sizeof value);
    } else {
        memcpy(&value, &magnitude, sizeof value);
        value *= 0x1p112f;
    }
    uint32_t out;
    memcpy(&out, &value, sizeof out);
    out |= (uint32_t)(bits & 0x8000) << 16;
    memcpy(&value, &out, sizeof value);
    return value;
}

uint16_t mneme_f16_from_f32_reference(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    bits &= 0x7fffffff;
    if (bits > 0x7f800000) return sign | 0x7e00;   // NaN
    if (bits >= 0x477ff000) return sign | 0x7c00;  // rounds to infinity
    if (bits < 0x38800000) {
        // Subnormal in float16: adding 0.5 leaves the mantissa rounded to multiples of 2^-24.
        float magnitude;
        memcpy(&magnitude, &bits, sizeof magnitude);
        magnitude += 0.5f;
        memcpy(&bits, &magnitude, sizeof bits);
        return (uint16_t)(sign | (bits - 0x3f000000));
    }
    const uint32_t rounding = 0xfff + (bits >> 13 & 1);  // to nearest, ties to even
    return (uint16_t)(sign | ((bits + rounding - 0x38000000) >> 13));
}

double mneme_dot_f32_reference(const float *a, const float *b, size_t count) {
    double total = 0;
    for (size_t i = 0; i < count; i++) total += (double)a[i] * b[i];
    return total;
}

double mneme_dot_f16_reference(const float *query, const uint16_t *stored, size_t count) {
    double total = 0;
    for (size_t i = 0; i < count; i++)
        total += (double)query[i] * mneme_f32_from_f16_reference(stored[i]);
    return total;
}

void mneme_f32_to_f16(const float *from, uint16_t *to, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = mneme_f16_from_f32_reference(from[i]);
}

void mneme_f16_to_f32(const uint16_t *from, float *to, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = mneme_f32_from_f16_reference(from[i]);
}

// MARK: One form per level

static inline void load_f16_baseline(const uint16_t *from, f32x16 *lanes) {
    for (int i = 0; i < 16; i++) (*lanes)[i] = mneme_f32_from_f16_reference(from[i]);
}

#define LEVEL(name) name##_baseline
#include "vectors_level.inc"
#undef LEVEL

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
static inline void load_f16_v3(const uint16_t *from, f32x16 *lanes) {
    const __m256 low = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from));
    const __m256 high = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(from + 8)));
    memcpy(lanes, &low, sizeof low);
    memcpy((char *)lanes + sizeof low, &high, sizeof high);
}
#define LEVEL(name) name##_v3
#include "vectors_level.inc"
#undef LEVEL
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
static inline void load_f16_v4(const uint16_t *from, f32x16 *lanes) {
    const __m512 all = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from));
    memcpy(lanes, &all, sizeof all);
}
#define LEVEL(name) name##_v4
#include "vectors_level.inc"
#undef LEVEL
#pragma clang attribute pop
#endif

// MARK: Dispatch

typedef struct {
    const char *name;
    float (*dot_f32)(const float *, const float *, size_t);
    float (*dot_f16)(const float *, const uint16_t *, size_t);
} level_t;

static const level_t baseline = {"baseline", dot_f32_baseline, dot_f16_baseline};
#if defined(__x86_64__)
static const level_t v3 = {"x86-64-v3", dot_f32_v3, dot_f16_v3};
static const level_t v4 = {"x86-64-v4", dot_f32_v4, dot_f16_v4};
#endif

// Threads may race to fill it in: they all find the same answer.
static const level_t *level(void) {
    static _Atomic(const level_t *) chosen;
    const level_t *found = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (found) return found;
    found = &baseline;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("x86-64-v4")) found = &v4;
    else if (__builtin_cpu_supports("x86-64-v3")) found = &v3;
#endif
    atomic_store_explicit(&chosen, found, memory_order_relaxed);
    return found;
}

float mneme_dot_f32(const float *a, const float *b, size_t count) { return level()->dot_f32(a, b, count); }

float mneme_dot_f16(const float *query, const uint16_t *stored, size_t count) {
    return level()->dot_f16(query, stored, count);
}

const char *mneme_vector_level(void) { return level()->name; }
