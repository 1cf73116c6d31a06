/* Plain loops in double over matrices. */

static size_t panel_at(const mneme_linear_t *c, size_t o, size_t i) {
    return (o / MNEME_PANEL * mneme_panel_rows(c->inputs) + i) * MNEME_PANEL + o % MNEME_PANEL;
}

static void plain_write(const mneme_linear_t *c, size_t t, size_t o, double total) {
    float *y = &c->y[t * c->y_stride + o];
    if (c->bias) total += c->bias[o];
    *y = (float)(c->accumulate ? *y + total : total);
}

static void plain_linear(const mneme_linear_t *c, const float *panels) {
    for (size_t t = 0; t < c->rows; t++)
        for (size_t o = 0; o < c->outputs; o++) {
            double total = 0;
            for (size_t i = 0; i < c->inputs; i++) total += (double)panels[panel_at(c, o, i)] * c->x[t * c->x_stride + i];
            plain_write(c, t, o, total);
        }
}

static void plain_linear_int8(const mneme_linear_t *c, const int8_t *panels, const float *scales) {
    for (size_t t = 0; t < c->rows; t++)
        for (size_t o = 0; o < c->outputs; o++) {
            double total = 0;
            for (size_t i = 0; i < c->inputs; i++) total += (double)panels[panel_at(c, o, i)] * c->x[t * c->x_stride + i];
            plain_write(c, t, o, total * scales[o]);
        }
}

static void plain_linear_gradient(size_t rows, size_t inputs, size_t outputs, const float *dy, size_t dy_stride,
                                  const float *x, size_t x_stride, float *dw, float *db) {
    for (size_t o = 0; o < outputs; o++) {
        for (size_t i = 0; i < inputs; i++) {
            double total = 0;
            for (size_t t = 0; t < rows; t++) total += (double)dy[t * dy_stride + o] * x[t * x_stride + i];
            dw[o * inputs + i] += (float)total;
        }
        double total = 0;
        for (size_t t = 0; t < rows; t++) total += dy[t * dy_stride + o];
        if (db) db[o] += (float)total;
    }
}
