/* gelu (the erf form) and the gated linear unit (ssm-math §0). */

/* Values of a block; it is copied first, because a loop whose input may be its output isn't made of vectors. */
enum { S4D(BLOCK) = 4 * LANES };

static void S4D(gelu)(size_t count, const float *x, float *y) {
    for (size_t start = 0; start < count; start += S4D(BLOCK)) {
        float block[S4D(BLOCK)] = {0};
        size_t width = count - start < S4D(BLOCK) ? count - start : S4D(BLOCK);
        memcpy(block, x + start, width * sizeof *x);
        for (size_t j = 0; j < S4D(BLOCK); j++) block[j] *= S4D(normal_cdf)(block[j]);
        memcpy(y + start, block, width * sizeof *y);
    }
}

static void S4D(gelu_backward)(size_t count, const float *restrict x, const float *dy, float *dx) {
    for (size_t start = 0; start < count; start += S4D(BLOCK)) {
        float block[S4D(BLOCK)] = {0}, slope[S4D(BLOCK)] = {0};
        size_t width = count - start < S4D(BLOCK) ? count - start : S4D(BLOCK);
        memcpy(block, x + start, width * sizeof *x);
        memcpy(slope, dy + start, width * sizeof *dy);
        for (size_t j = 0; j < S4D(BLOCK); j++) {
            float v = block[j], density = 0.398942280f * S4D(exp)(-0.5f * v * v);
            slope[j] *= S4D(normal_cdf)(v) + v * density;
        }
        memcpy(dx + start, slope, width * sizeof *dx);
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
