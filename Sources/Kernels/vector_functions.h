/* exp and what is made of it. Stable forms of math 0; no branch depends on data. */

/* e^x by Cody and Waite: x = n ln2 + r, |r| <= ln2/2; degree 6 in r, worst error 1 ulp (the test prints it). NaN
 * passes. */
INLINE vf exp_v(vf x) {
    x = clamped(x, -104.0f, 89.0f);
    /* Adding 1.5 * 2^23 rounds to nearest even; SSE2 has no rounding instruction. */
    vf n = (x * 0x1.715476p+0f + 0x1.8p23f) - 0x1.8p23f;
    vf r = x - n * 0.693359375f; /* exact product: 0.693359375 has 9 bits */
    r = r - n * -2.12194440e-4f;
    vf p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r;
    p = p + 1.0f;
    return times_power_of_two(p, n);
}

/* log(1+y), 0 <= y <= 1: 2 atanh(s), s = y/(2+y) <= 1/3; the series' next term is below 2^-29. */
INLINE vf log1p_unit(vf y) {
    vf s = y / (y + 2.0f), q = s * s;
    vf p = q * (1.0f / 17) + 1.0f / 15;
    p = p * q + 1.0f / 13;
    p = p * q + 1.0f / 11;
    p = p * q + 1.0f / 9;
    p = p * q + 1.0f / 7;
    p = p * q + 1.0f / 5;
    p = p * q + 1.0f / 3;
    vf twice = s + s;
    return twice + twice * (q * p);
}

INLINE vf softplus_v(vf x) { return choose(x < 0.0f, splat(0.0f), x) + log1p_unit(exp_v(-absolute(x))); }

INLINE vf sigmoid_v(vf x) {
    vf e = exp_v(-absolute(x));
    return choose(x >= 0.0f, splat(1.0f), e) / (e + 1.0f);
}

INLINE vf silu_v(vf x) { return x * sigmoid_v(x); }

/* Normal distribution function: erfc by a rational Chebyshev fit (Numerical Recipes, erfcc), relative error 1.2e-7 in
 * exact arithmetic; the tail is never 1 minus something. */
INLINE vf normal_cdf(vf x) {
    vf z = absolute(x) * 0.70710678118654752f;
    vf t = 1.0f / (z * 0.5f + 1.0f);
    vf p = t * 0.17087277f - 0.82215223f;
    p = p * t + 1.48851587f;
    p = p * t - 1.13520398f;
    p = p * t + 0.27886807f;
    p = p * t - 0.18628806f;
    p = p * t + 0.09678418f;
    p = p * t + 0.37409196f;
    p = p * t + 1.00002368f;
    p = p * t - 1.26551223f;
    vf tail = t * 0.5f * exp_v(p - z * z);
    return choose(x >= 0.0f, 1.0f - tail, tail);
}

#define MAP(name, expression)                                                       \
    static void name##_f(const float *x, size_t n, float *y) {                      \
        EACH(n, vf v = load(x + i, k); store(y + i, expression, k);)                \
    }
MAP(exp, exp_v(v))
MAP(softplus, softplus_v(v))
MAP(sigmoid, sigmoid_v(v))
MAP(silu, silu_v(v))
MAP(gelu, v * normal_cdf(v))
#undef MAP

#define MAP_GRADIENT(name, derivative)                                                                  \
    static void name##_gradient_f(const float *x, const float *dy, size_t n, float *dx) {               \
        EACH(n, vf v = load(x + i, k); store(dx + i, load(dy + i, k) * (derivative), k);)               \
    }
INLINE vf silu_derivative(vf x) {
    vf s = sigmoid_v(x);
    return s * (x * (1.0f - s) + 1.0f);
}
MAP_GRADIENT(softplus, sigmoid_v(v))
MAP_GRADIENT(silu, silu_derivative(v))
MAP_GRADIENT(gelu, normal_cdf(v) + v * exp_v(v * v * -0.5f) * 0.39894228040143268f)
#undef MAP_GRADIENT

static void gate_f(size_t rows, size_t n, const float *y, size_t y_stride, const float *z, size_t z_stride, float *g) {
    for (size_t t = 0; t < rows; t++, y += y_stride, z += z_stride, g += n)
        EACH(n, store(g + i, load(y + i, k) * silu_v(load(z + i, k)), k);)
}

static void gate_gradient_f(size_t rows, size_t n, const float *dg, const float *y, const float *z, size_t z_stride,
                            float *dy, float *dz, size_t dz_stride) {
    for (size_t t = 0; t < rows; t++, dg += n, y += n, z += z_stride, dy += n, dz += dz_stride)
        EACH(n, {
            vf v = load(z + i, k), s = sigmoid_v(v), d = load(dg + i, k);
            store(dz + i, d * load(y + i, k) * (s * (v * (1.0f - s) + 1.0f)), k);
            store(dy + i, d * (v * s), k);
        })
}
