/* Mamba-3's recurrence as math 4.2 and 4.3 write it, in double. */

static void plain_rotary_scan(const mneme_rotary_t *s, float *state, float *history, float *y) {
    const size_t p = s->width, n = s->states, size = p * n;
    if (history) memcpy(history, state, size * sizeof *state);
    for (size_t t = 0; t < s->rows; t++) {
        const float *v = s->v + t * s->v_stride, *key = s->k + t * s->k_stride, *q = s->q + t * s->k_stride;
        const float *v0 = t ? v - s->v_stride : s->previous_v, *k0 = t ? key - s->k_stride : s->previous_k;
        const size_t at = t * s->step_stride;
        for (size_t j = 0; j < n; j++)
            for (size_t i = 0; i < p; i++) {
                double value = (double)s->alpha[at] * state[j * p + i];
                for (size_t r = 0; r < s->ranks; r++) {
                    value += (double)s->beta[at] * v0[r * p + i] * k0[r * n + j];
                    value += (double)s->gamma[at] * v[r * p + i] * key[r * n + j];
                }
                state[j * p + i] = (float)value;
            }
        if (history) memcpy(history + (t + 1) * size, state, size * sizeof *state);
        for (size_t r = 0; r < s->ranks; r++)
            for (size_t i = 0; i < p; i++) {
                double total = (double)s->skip * v[r * p + i];
                for (size_t j = 0; j < n; j++) total += (double)state[j * p + i] * q[r * n + j];
                y[t * s->v_stride + r * p + i] = (float)total;
            }
    }
}

static double plain_rotary_outer(size_t p, size_t n, const float *adjoint, double factor, const float *v,
                                 const float *key, float *dv, float *dk) {
    double total = 0;
    for (size_t j = 0; j < n; j++) {
        double along = 0;
        for (size_t i = 0; i < p; i++) {
            along += (double)adjoint[j * p + i] * v[i];
            if (dv) dv[i] += (float)(factor * adjoint[j * p + i] * key[j]);
        }
        if (dk) dk[j] += (float)(factor * along);
        total += along * key[j];
    }
    return total;
}

static void plain_rotary_scan_gradient(const mneme_rotary_t *s, const mneme_rotary_gradient_t *g) {
    const size_t p = s->width, n = s->states, size = p * n;
    for (size_t t = s->rows; t-- > 0;) {
        const float *v = s->v + t * s->v_stride, *key = s->k + t * s->k_stride, *q = s->q + t * s->k_stride;
        const float *dy = g->dy + t * s->v_stride;
        float *dv = g->dv + t * s->v_stride, *dk = g->dk + t * s->k_stride;
        const size_t at = t * s->step_stride;
        double d_alpha = 0, d_beta = 0, d_gamma = 0;
        for (size_t r = 0; r < s->ranks; r++) {
            for (size_t j = 0; j < n; j++) {
                double total = 0;
                for (size_t i = 0; i < p; i++) {
                    total += (double)dy[r * p + i] * g->history[(t + 1) * size + j * p + i];
                    g->adjoint[j * p + i] += (float)((double)dy[r * p + i] * q[r * n + j]);
                }
                g->dq[t * s->k_stride + r * n + j] = (float)total;
            }
            for (size_t i = 0; i < p; i++) {
                dv[r * p + i] += dy[r * p + i] * s->skip;
                *g->d_skip += dy[r * p + i] * v[r * p + i];
            }
        }
        for (size_t r = 0; r < s->ranks; r++) {
            d_gamma += plain_rotary_outer(p, n, g->adjoint, s->gamma[at], v + r * p, key + r * n, dv + r * p, dk + r * n);
            if (t > 0)
                d_beta += plain_rotary_outer(p, n, g->adjoint, s->beta[at], v - s->v_stride + r * p,
                                             key - s->k_stride + r * n, dv - s->v_stride + r * p,
                                             dk - s->k_stride + r * n);
            else
                d_beta += plain_rotary_outer(p, n, g->adjoint, s->beta[at], s->previous_v + r * p,
                                             s->previous_k + r * n, 0, 0);
        }
        for (size_t i = 0; i < size; i++) {
            d_alpha += (double)g->adjoint[i] * g->history[t * size + i];
            g->adjoint[i] = (float)((double)s->alpha[at] * g->adjoint[i]);
        }
        g->d_alpha[at] = (float)d_alpha, g->d_beta[at] = (float)d_beta, g->d_gamma[at] = (float)d_gamma;
    }
}
