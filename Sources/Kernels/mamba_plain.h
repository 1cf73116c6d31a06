/* Plain loops in double over time: convolution and selective scan as math 2.2 and 2.4 write them. */

/* x_(t-back), from the rows kept before the first where t-back < 0. */
static double conv_input(const mneme_conv_t *c, const float *state, size_t t, size_t back, size_t e) {
    if (back <= t) return c->x[(t - back) * c->x_stride + e];
    return state ? state[(c->taps - 1 + t - back) * c->channels + e] : 0;
}

static void plain_conv(const mneme_conv_t *c, float *state, float *y, size_t y_stride) {
    for (size_t e = 0; e < c->channels; e++) {
        for (size_t t = 0; t < c->rows; t++) {
            double total = c->bias ? c->bias[e] : 0;
            for (size_t back = 0; back < c->taps; back++)
                total += c->weight[(c->taps - 1 - back) * c->channels + e] * conv_input(c, state, t, back, e);
            y[t * y_stride + e] = (float)total;
        }
        for (size_t j = 0; j + 1 < c->taps; j++) /* oldest first; a row is read before its place is written */
            if (c->rows > 0) state[j * c->channels + e] = (float)conv_input(c, state, c->rows - 1, c->taps - 2 - j, e);
    }
}

static void plain_conv_gradient(const mneme_conv_t *c, const float *state, const float *dy, size_t dy_stride, float *dx,
                                size_t dx_stride, float *dw, float *db) {
    for (size_t e = 0; e < c->channels; e++) {
        for (size_t back = 0; back < c->taps; back++) {
            double total = 0;
            for (size_t t = 0; t < c->rows; t++) total += dy[t * dy_stride + e] * conv_input(c, state, t, back, e);
            dw[(c->taps - 1 - back) * c->channels + e] += (float)total;
        }
        for (size_t t = 0; t < c->rows; t++) {
            double total = 0;
            for (size_t back = 0; back < c->taps && t + back < c->rows; back++)
                total += (double)c->weight[(c->taps - 1 - back) * c->channels + e] * dy[(t + back) * dy_stride + e];
            dx[t * dx_stride + e] = (float)total;
            if (db) db[e] += dy[t * dy_stride + e];
        }
    }
}

static void plain_scan(const mneme_scan_t *s, float *h, float *history, float *y) {
    const size_t n = s->channels, states = s->states;
    if (history) memcpy(history, h, n * states * sizeof *h);
    for (size_t t = 0; t < s->rows; t++)
        for (size_t e = 0; e < n; e++) {
            const double u = s->u[t * s->stride + e], delta = s->delta[t * s->stride + e];
            double total = s->skip ? s->skip[e] * u : 0;
            for (size_t j = 0; j < states; j++) {
                const double a = exp((double)s->decay[t * s->stride + e] * s->a[j * n + e]);
                const double state = a * h[j * n + e] + delta * u * s->b[t * s->bc_stride + j];
                h[j * n + e] = (float)state;
                if (history) history[((t + 1) * states + j) * n + e] = (float)state;
                total += state * s->c[t * s->bc_stride + j];
            }
            y[t * s->stride + e] = (float)total;
        }
}

static void plain_scan_decay(size_t channels, size_t states, const float *decay, const float *a, float *h) {
    for (size_t j = 0; j < states; j++)
        for (size_t e = 0; e < channels; e++)
            h[j * channels + e] = (float)(h[j * channels + e] * exp((double)decay[e] * a[j * channels + e]));
}

static void plain_scan_gradient(const mneme_scan_t *s, const mneme_scan_gradient_t *g) {
    const size_t n = s->channels, states = s->states;
    for (size_t t = s->rows; t-- > 0;) {
        for (size_t j = 0; j < states; j++) g->db[t * s->bc_stride + j] = g->dc[t * s->bc_stride + j] = 0;
        for (size_t e = 0; e < n; e++) {
            const size_t at = t * s->stride + e;
            const double u = s->u[at], delta = s->delta[at], decay = s->decay[at], dy = g->dy[at];
            double beta = 0, through = 0;
            for (size_t j = 0; j < states; j++) {
                const size_t bc = t * s->bc_stride + j, je = j * n + e;
                const double a = exp(decay * s->a[je]), lambda = g->lambda[je] + dy * s->c[bc];
                const double before = lambda * g->history[t * states * n + je] * a;
                g->dc[bc] += (float)(dy * g->history[(t + 1) * states * n + je]);
                g->db[bc] += (float)(lambda * delta * u);
                g->da[je] += (float)(before * decay);
                through += before * s->a[je];
                beta += lambda * s->b[bc];
                g->lambda[je] = (float)(a * lambda);
            }
            g->du[at] = (float)(beta * delta + (s->skip ? dy * s->skip[e] : 0));
            g->d_decay[at] = (float)through;
            g->d_delta[at] = (float)(g->d_delta == g->d_decay ? beta * u + through : beta * u);
            if (g->d_skip) g->d_skip[e] += (float)(dy * u);
        }
    }
}
