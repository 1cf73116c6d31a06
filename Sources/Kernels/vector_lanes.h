/* Vectors of LANES floats and the few operations on them; included once per dispatch level (vector_level.h). */

typedef float vf __attribute__((vector_size(4 * LANES)));
typedef int32_t vi __attribute__((vector_size(4 * LANES)));

#define INLINE static inline __attribute__((always_inline, unused))

INLINE vf splat(float x) { return x - (vf){0}; }

#if LANES == 16
INLINE vf load_tail(const float *p, size_t k) { return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << k) - 1), p); }
INLINE void store_tail(float *p, vf v, size_t k) { _mm512_mask_storeu_ps(p, (__mmask16)((1u << k) - 1), (__m512)v); }
#else
/* Without masks a tail goes through a call, and stays out of the loops' code. */
static __attribute__((noinline)) vf load_tail(const float *p, size_t k) {
    vf v = {0};
    memcpy(&v, p, k * sizeof *p);
    return v;
}
static __attribute__((noinline)) void store_tail(float *p, vf v, size_t k) { memcpy(p, &v, k * sizeof *p); }
#endif

/* The first k lanes, zeros behind; k == LANES is a plain load once inlined with a constant. */
INLINE vf load(const float *p, size_t k) {
    vf v;
    if (k != LANES) return load_tail(p, k);
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(float *p, vf v, size_t k) {
    if (k == LANES) memcpy(p, &v, sizeof v);
    else store_tail(p, v, k);
}

/* mask ? a : b */
INLINE vf choose(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }

INLINE vf absolute(vf x) { return (vf)((vi)x & 0x7fffffff); }

#if LANES == 16
/* AVX-512 has both of these as one instruction; min and max return their second operand where one is NaN. */
INLINE vf clamped(vf x, float low, float high) {
    return (vf)_mm512_max_ps((__m512)splat(low), _mm512_min_ps((__m512)splat(high), (__m512)x));
}
INLINE vf times_power_of_two(vf x, vf n) { return (vf)_mm512_scalef_ps((__m512)x, (__m512)n); }
#else
/* NaN stays: both comparisons are false. */
INLINE vf clamped(vf x, float low, float high) {
    x = choose(x > high, splat(high), x);
    return choose(x < low, splat(low), x);
}
/* x 2^n for whole n in -150…130, in two halves: no early overflow, denormals rounded once. */
INLINE vf times_power_of_two(vf x, vf n) {
    vi whole = __builtin_convertvector(n, vi), half = whole >> 1;
    return x * (vf)((half + 127) << 23) * (vf)((whole - half + 127) << 23);
}
#endif

INLINE float sum(vf v) {
    float half[LANES];
    memcpy(half, &v, sizeof v);
    for (size_t width = LANES / 2; width > 0; width /= 2)
        for (size_t i = 0; i < width; i++) half[i] += half[i + width];
    return half[0];
}

/* Runs a body over n elements: whole vectors with k == LANES, then the rest. */
#define EACH(n, ...)                                        \
    {                                                       \
        size_t i = 0;                                       \
        for (; i + LANES <= (n); i += LANES) {              \
            enum { k = LANES };                             \
            __VA_ARGS__                                     \
        }                                                   \
        if (i < (n)) {                                      \
            size_t k = (n) - i;                             \
            __VA_ARGS__                                     \
        }                                                   \
    }
