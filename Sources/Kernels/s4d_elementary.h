/* Elementary functions without branches or calls, so that loops over them become vectors. Per level: no guard. */

static inline __attribute__((always_inline)) float S4D(select)(int condition, float yes, float no) {
    return condition ? yes : no;
}

/*
 * e^x, at most 1 ulp off for x in [-87, 88]; below it is 1e-38, above 1e38. NaN stays.
 * x = n ln 2 + r with |r| <= ln 2 / 2, ln 2 in two parts (Cody and Waite), Taylor to the sixth power for e^r.
 */
static inline __attribute__((always_inline)) float S4D(exp)(float x) {
    x = S4D(select)(x < -87.0f, -87.0f, x);
    x = S4D(select)(x > 88.0f, 88.0f, x);
    /* Adding 1.5 x 2^23 rounds to an integer and leaves it in the low bits. */
    float shifted = x * 1.44269504f + 12582912.0f;
    float n = shifted - 12582912.0f;
    float r = (x - n * 0.693145752f) - n * 1.42860677e-6f;
    float p = 1.98412698e-4f;
    p = p * r + 1.38888889e-3f;
    p = p * r + 8.33333333e-3f;
    p = p * r + 4.16666667e-2f;
    p = p * r + 1.66666667e-1f;
    p = p * r + 0.5f;
    p = (r * r) * p + r;
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (int32_t)((uint32_t)bits << 23) + 0x3f800000;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return scale * p + scale;
}

static inline __attribute__((always_inline)) float S4D(sigmoid)(float x) { return 1.0f / (1.0f + S4D(exp)(-x)); }

/*
 * The normal distribution's Phi(x) = (1 + erf(x / sqrt 2)) / 2. erf after N. Juffa: a polynomial near zero, 1 - e^p(t)
 * elsewhere; the lower tail is e^p(t) / 2 itself, so nothing cancels there.
 */
static inline __attribute__((always_inline)) float S4D(normal_cdf)(float x) {
    float a = x * 0.707106781f;
    float t = __builtin_fabsf(a);
    t = S4D(select)(t > 12.0f, 12.0f, t);
    float s = t * t;
    float near = -5.96761703e-4f;
    near = near * s + 4.99119423e-3f;
    near = near * s + -2.67681349e-2f;
    near = near * s + 1.12819925e-1f;
    near = near * s + -3.76125336e-1f;
    near = near * s + 1.28379166e-1f;
    near = near * a + a;
    float far = -1.72853470e-5f * t + 3.83197126e-4f;
    float low = -3.88396438e-3f * t + 2.42546219e-2f;
    far = far * s + low;
    far = far * t + -1.06777877e-1f;
    far = far * t + -6.34846687e-1f;
    far = far * t + -1.28717512e-1f;
    far = far * t - t;
    float tail = 0.5f * S4D(exp)(far);
    float outside = S4D(select)(a < 0, tail, 1.0f - tail);
    return S4D(select)(t > 0.927734375f, outside, 0.5f + 0.5f * near);
}
