/* Depthwise causal convolution over time, channels inside (math 2.2, 2.4). */

static void conv_f(const mneme_conv_t *c, float *state, float *y, size_t y_stride) {
    const size_t n = c->channels, kept = c->taps - 1;
    const float *x = c->x;
    for (size_t t = 0; t < c->rows; t++, x += c->x_stride, y += y_stride)
        EACH(n, {
            vf now = load(x + i, k);
            vf total = c->bias ? load(c->bias + i, k) : (vf){0};
            /* The window moves by one while it is read. */
            for (size_t j = 0; j < kept; j++) {
                total = load(c->weight + j * n + i, k) * load(state + j * n + i, k) + total;
                if (j + 1 < kept) store(state + j * n + i, load(state + (j + 1) * n + i, k), k);
            }
            total = load(c->weight + kept * n + i, k) * now + total;
            if (kept > 0) store(state + (kept - 1) * n + i, now, k);
            store(y + i, total, k);
        })
}

static void conv_gradient_f(const mneme_conv_t *c, const float *state, const float *dy, size_t dy_stride, float *dx,
                            size_t dx_stride, float *dw, float *db) {
    const size_t n = c->channels, taps = c->taps;
    for (size_t t = 0; t < c->rows; t++)
        EACH(n, {
            vf total = {0};
            for (size_t back = 0; back < taps && t + back < c->rows; back++)
                total = load(c->weight + (taps - 1 - back) * n + i, k) * load(dy + (t + back) * dy_stride + i, k) + total;
            store(dx + t * dx_stride + i, total, k);
            vf d = load(dy + t * dy_stride + i, k);
            for (size_t j = 0; j < taps; j++) {
                const size_t source = t + j; /* of x, counted from K-1 rows before the first */
                const float *row = source >= taps - 1 ? c->x + (source - (taps - 1)) * c->x_stride
                                   : state            ? state + source * n
                                                      : 0;
                if (row) store(dw + j * n + i, load(row + i, k) * d + load(dw + j * n + i, k), k);
            }
            if (db) store(db + i, load(db + i, k) + d, k);
        })
}
