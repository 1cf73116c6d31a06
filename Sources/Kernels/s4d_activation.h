/* gelu (the erf form) and the gated linear unit (ssm-math §0). */

static void S4D(gelu)(size_t count, const float *x, float *y) {
    for (size_t i = 0; i < count; i++) y[i] = x[i] * S4D(normal_cdf)(x[i]);
}

static void S4D(gelu_backward)(size_t count, const float *restrict x, const float *dy, float *dx) {
    for (size_t i = 0; i < count; i++) {
        float v = x[i];
        float density = 0.398942280f * S4D(exp)(-0.5f * v * v);
        dx[i] = dy[i] * (S4D(normal_cdf)(v) + v * density);
    }
}

static void S4D(glu)(size_t rows, size_t channels, const float *restrict z, int add, float *restrict y) {
    for (size_t r = 0; r < rows; r++) {
        const float *restrict a = z + r * 2 * channels, *restrict q = a + channels;
        float *restrict out = y + r * channels;
        if (add)
            for (size_t h = 0; h < channels; h++) out[h] += a[h] * S4D(sigmoid)(q[h]);
        else
            for (size_t h = 0; h < channels; h++) out[h] = a[h] * S4D(sigmoid)(q[h]);
    }
}

static void S4D(glu_backward)(
    size_t rows, size_t channels, const float *restrict z, const float *restrict dy, float *restrict dz) {
    for (size_t r = 0; r < rows; r++) {
        const float *restrict a = z + r * 2 * channels, *restrict q = a + channels, *restrict slope = dy + r * channels;
        float *restrict da = dz + r * 2 * channels, *restrict dq = da + channels;
        for (size_t h = 0; h < channels; h++) {
            float gate = S4D(sigmoid)(q[h]);
            da[h] = slope[h] * gate;
            dq[h] = slope[h] * a[h] * (gate * (1.0f - gate));
        }
    }
}
