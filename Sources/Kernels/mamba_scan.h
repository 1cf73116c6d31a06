/* Selective scan, vectors along the channels: exp, decay, write and readout of LANES channels at once (math 2.2). */

INLINE void scan_block(const mneme_scan_t *s, size_t i, size_t k, float *h, float *history, float *y) {
    const size_t n = s->channels, states = s->states;
    const vf skip = s->skip ? load(s->skip + i, k) : (vf){0};
    for (size_t t = 0; t < s->rows; t++) {
        const size_t at = t * s->stride + i;
        const float *b = s->b + t * s->bc_stride, *c = s->c + t * s->bc_stride;
        vf u = load(s->u + at, k), decay = load(s->decay + at, k), write = load(s->delta + at, k) * u;
        vf total = skip * u;
        for (size_t j = 0; j < states; j++) {
            vf a = exp_v(decay * load(s->a + j * n + i, k));
            vf state = a * load(h + j * n + i, k) + write * b[j];
            store(h + j * n + i, state, k);
            if (history) store(history + ((t + 1) * states + j) * n + i, state, k);
            total = state * c[j] + total;
        }
        store(y + at, total, k);
    }
}

static void scan_f(const mneme_scan_t *s, float *h, float *history, float *y) {
    if (history) memcpy(history, h, s->states * s->channels * sizeof *h);
    EACH(s->channels, scan_block(s, i, k, h, history, y);)
}

static void scan_decay_f(size_t channels, size_t states, const float *decay, const float *a, float *h) {
    for (size_t j = 0; j < states; j++, a += channels, h += channels)
        EACH(channels, store(h + i, load(h + i, k) * exp_v(load(decay + i, k) * load(a + i, k)), k);)
}

/* One row and one state index of the backward scan (math 2.4); returns this row's terms of dB and dC. */
INLINE void scan_gradient_state(const mneme_scan_t *s, const mneme_scan_gradient_t *g, size_t t, size_t j) {
    const size_t n = s->channels, at = t * s->stride, before = (t * s->states + j) * n, after = before + s->states * n;
    const float b = s->b[t * s->bc_stride + j], c = s->c[t * s->bc_stride + j];
    vf db = {0}, dc = {0};
    EACH(n, {
        vf a = load(s->a + j * n + i, k), decay = load(s->decay + at + i, k), dy = load(g->dy + at + i, k);
        vf kept = exp_v(decay * a);
        vf lambda = load(g->lambda + j * n + i, k) + dy * c;
        dc = dc + dy * load(g->history + after + i, k);
        db = db + lambda * (load(s->delta + at + i, k) * load(s->u + at + i, k));
        vf e = lambda * load(g->history + before + i, k) * kept;
        store(g->da + j * n + i, load(g->da + j * n + i, k) + e * decay, k);
        store(g->d_decay + at + i, load(g->d_decay + at + i, k) + e * a, k);
        /* du holds the sum over states of lambda B until the row is finished. */
        store(g->du + at + i, load(g->du + at + i, k) + lambda * b, k);
        store(g->lambda + j * n + i, kept * lambda, k);
    })
    g->db[t * s->bc_stride + j] = sum(db);
    g->dc[t * s->bc_stride + j] = sum(dc);
}

static void scan_gradient_f(const mneme_scan_t *s, const mneme_scan_gradient_t *g) {
    for (size_t t = s->rows; t-- > 0;) {
        const size_t at = t * s->stride;
        memset(g->du + at, 0, s->channels * sizeof(float));
        memset(g->d_decay + at, 0, s->channels * sizeof(float));
        for (size_t j = 0; j < s->states; j++) scan_gradient_state(s, g, t, j);
        EACH(s->channels, {
            vf beta = load(g->du + at + i, k), dy = load(g->dy + at + i, k), u = load(s->u + at + i, k);
            vf through = beta * u;
            if (g->d_delta == g->d_decay) through = through + load(g->d_decay + at + i, k);
            store(g->d_delta + at + i, through, k);
            vf du = beta * load(s->delta + at + i, k);
            if (s->skip) du = dy * load(s->skip + i, k) + du;
            store(g->du + at + i, du, k);
            if (g->d_skip) store(g->d_skip + i, dy * u + load(g->d_skip + i, k), k);
        })
    }
}
