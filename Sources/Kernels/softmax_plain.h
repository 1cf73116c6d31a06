/* The softmax over a table of items as plain loops in double: one row at a time, every score made when it is needed. */

static double plain_item_score(const mneme_softmax_product_t *c, size_t t, size_t v) {
    double score = c->bias ? c->bias[v] : 0;
    for (size_t i = 0; i < c->width; i++) score += (double)c->hidden[t * c->width + i] * c->table[v * c->width + i];
    return score;
}

static void plain_softmax_product(const mneme_softmax_product_t *c, float *workspace, float *log_sums) {
    (void)workspace;
    for (size_t t = 0; t < c->rows; t++) {
        double top = -INFINITY, total = 0;
        for (size_t v = 0; v < c->items; v++) top = fmax(top, plain_item_score(c, t, v));
        for (size_t v = 0; v < c->items; v++) total += exp(plain_item_score(c, t, v) - top);
        log_sums[t] = (float)(top + log(total));
    }
}

static void plain_softmax_product_gradient(const mneme_softmax_product_t *c, float *workspace, const float *log_sums,
                                           float *d_hidden, float *d_table, float *d_bias) {
    (void)workspace;
    for (size_t t = 0; t < c->rows; t++)
        for (size_t v = 0; v < c->items; v++) {
            const double p = exp(plain_item_score(c, t, v) - log_sums[t]);
            if (d_bias) d_bias[v] = (float)(d_bias[v] + p);
            for (size_t i = 0; i < c->width; i++) {
                float *dh = &d_hidden[t * c->width + i], *de = &d_table[v * c->width + i];
                *dh = (float)(*dh + p * c->table[v * c->width + i]);
                *de = (float)(*de + p * c->hidden[t * c->width + i]);
            }
        }
}
