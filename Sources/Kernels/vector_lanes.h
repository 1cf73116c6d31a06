/* Vectors of LANES floats and the few operations on them; included once per dispatch level (vector_level.h). */

typedef float vf __attribute__((vector_size(4 * LANES)));
typedef int32_t vi __attribute__((vector_size(4 * LANES)));

#define INLINE static inline __attribute__((always_inline, unused))

INLINE vf splat(float x) { return x - (vf){0}; }

/* Tails are rare and stay out of the loops' code. */
static __attribute__((noinline)) vf load_tail(const float *p, size_t k) {
    vf v = {0};
    memcpy(&v, p, k * sizeof *p);
    return v;
}

static __attribute__((noinline)) void store_tail(float *p, vf v, size_t k) { memcpy(p, &v, k * sizeof *p); }

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
