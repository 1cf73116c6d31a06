/* RMSNorm and LayerNorm over rows, with gradients (math 0). */

static void rms_norm_f(size_t rows, size_t n, const float *x, const float *weight, float epsilon, float *y,
                       float *scale) {
    for (size_t t = 0; t < rows; t++, x += n, y += n) {
        vf squares = {0};
        EACH(n, vf v = load(x + i, k); squares = squares + v * v;)
        float r = 1 / sqrtf(sum(squares) / (float)n + epsilon);
        scale[t] = r;
        EACH(n, store(y + i, load(x + i, k) * r * load(weight + i, k), k);)
    }
}

static void rms_norm_gradient_f(size_t rows, size_t n, const float *x, const float *weight, const float *scale,
                                const float *dy, float *dx, float *dw) {
    for (size_t t = 0; t < rows; t++, x += n, dy += n, dx += n) {
        float r = scale[t];
        vf product = {0};
        EACH(n, product = product + load(dy + i, k) * load(weight + i, k) * load(x + i, k);)
        float pull = r * r * sum(product) / (float)n;
        EACH(n, {
            vf v = load(x + i, k), d = load(dy + i, k);
            store(dx + i, load(dx + i, k) + (d * load(weight + i, k) - v * pull) * r, k);
            store(dw + i, load(dw + i, k) + d * v * r, k);
        })
    }
}

static void layer_norm_f(size_t rows, size_t n, const float *x, const float *weight, const float *bias, float epsilon,
                         float *y, float *mean, float *scale) {
    for (size_t t = 0; t < rows; t++, x += n, y += n) {
        vf total = {0}, squares = {0};
        EACH(n, total = total + load(x + i, k);)
        float centre = sum(total) / (float)n;
        size_t whole = n - n % LANES;
        EACH(whole, vf v = load(x + i, k) - centre; squares = squares + v * v;)
        float variance = sum(squares);
        for (size_t i = whole; i < n; i++) variance += (x[i] - centre) * (x[i] - centre);
        float r = 1 / sqrtf(variance / (float)n + epsilon);
        mean[t] = centre, scale[t] = r;
        EACH(n, store(y + i, (load(x + i, k) - centre) * r * load(weight + i, k) + load(bias + i, k), k);)
    }
}

static void layer_norm_gradient_f(size_t rows, size_t n, const float *x, const float *weight, const float *mean,
                                  const float *scale, const float *dy, float *dx, float *dw, float *db) {
    for (size_t t = 0; t < rows; t++, x += n, dy += n, dx += n) {
        float centre = mean[t], r = scale[t];
        vf total = {0}, product = {0};
        EACH(n, {
            vf d = load(dy + i, k) * load(weight + i, k);
            total = total + d;
            product = product + d * ((load(x + i, k) - centre) * r);
        })
        float shift = sum(total) / (float)n, pull = sum(product) / (float)n;
        EACH(n, {
            vf d = load(dy + i, k), unit = (load(x + i, k) - centre) * r;
            store(dx + i, load(dx + i, k) + (d * load(weight + i, k) - shift - unit * pull) * r, k);
            store(dw + i, load(dw + i, k) + d * unit, k);
            store(db + i, load(db + i, k) + d, k);
        })
    }
}
