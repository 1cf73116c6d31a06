/* Mamba-3's recurrence of one head (math 4.2, 4.3): state S [N, P], vectors along P, so that the readout needs no
 * horizontal sum. Ranks R: MIMO; R = 1: SISO. */

/* S_t = alpha S + sum_r beta v' k' + gamma v k, for one row. */
INLINE void rotary_row(const mneme_rotary_t *s, size_t t, const float *v0, const float *k0, const float *before,
                       float *after) {
    const float *v = s->v + t * s->v_stride, *key = s->k + t * s->k_stride;
    const float alpha = s->alpha[t * s->step_stride], beta = s->beta[t * s->step_stride];
    const float gamma = s->gamma[t * s->step_stride];
    const size_t p = s->width, n = s->states;
    for (size_t j = 0; j < n; j++)
        EACH(p, {
            vf state = load(before + j * p + i, k) * alpha;
            for (size_t r = 0; r < s->ranks; r++) {
                state = load(v0 + r * p + i, k) * (beta * k0[r * n + j]) + state;
                state = load(v + r * p + i, k) * (gamma * key[r * n + j]) + state;
            }
            store(after + j * p + i, state, k);
        })
}

static void rotary_scan_f(const mneme_rotary_t *s, float *state, float *history, float *y) {
    const size_t p = s->width, n = s->states, size = p * n;
    if (history) memcpy(history, state, size * sizeof *state);
    for (size_t t = 0; t < s->rows; t++) {
        const float *v0 = t ? s->v + (t - 1) * s->v_stride : s->previous_v;
        const float *k0 = t ? s->k + (t - 1) * s->k_stride : s->previous_k;
        rotary_row(s, t, v0, k0, state, state);
        if (history) memcpy(history + (t + 1) * size, state, size * sizeof *state);
        const float *q = s->q + t * s->k_stride, *v = s->v + t * s->v_stride;
        for (size_t r = 0; r < s->ranks; r++)
            EACH(p, {
                vf total = load(v + r * p + i, k) * s->skip;
                for (size_t j = 0; j < n; j++) total = load(state + j * p + i, k) * q[r * n + j] + total;
                store(y + t * s->v_stride + r * p + i, total, k);
            })
    }
}

/* Terms of one key and value under the adjoint: dv += factor S k, dk += factor S^T v; returns <S, v k>. */
INLINE float rotary_outer(size_t p, size_t n, const float *adjoint, float factor, const float *v, const float *key,
                          float *dv, float *dk) {
    float total = 0;
    for (size_t j = 0; j < n; j++) {
        vf product = {0};
        const float scaled = factor * key[j];
        EACH(p, {
            vf a = load(adjoint + j * p + i, k);
            product = a * load(v + i, k) + product;
            if (dv) store(dv + i, a * scaled + load(dv + i, k), k);
        })
        const float along = sum(product);
        if (dk) dk[j] += factor * along;
        total += along * key[j];
    }
    return total;
}

static void rotary_scan_gradient_f(const mneme_rotary_t *s, const mneme_rotary_gradient_t *g) {
    const size_t p = s->width, n = s->states, size = p * n;
    float *adjoint = g->adjoint;
    for (size_t t = s->rows; t-- > 0;) {
        const float *dy = g->dy + t * s->v_stride, *after = g->history + (t + 1) * size, *before = g->history + t * size;
        const float *q = s->q + t * s->k_stride, *v = s->v + t * s->v_stride, *key = s->k + t * s->k_stride;
        float *dq = g->dq + t * s->k_stride, *dv = g->dv + t * s->v_stride, *dk = g->dk + t * s->k_stride;
        const size_t at = t * s->step_stride;
        for (size_t r = 0; r < s->ranks; r++) {
            for (size_t j = 0; j < n; j++) {
                vf product = {0};
                EACH(p, {
                    vf d = load(dy + r * p + i, k);
                    product = d * load(after + j * p + i, k) + product;
                    store(adjoint + j * p + i, d * q[r * n + j] + load(adjoint + j * p + i, k), k);
                })
                dq[r * n + j] = sum(product);
            }
            EACH(p, {
                vf d = load(dy + r * p + i, k);
                store(dv + r * p + i, d * s->skip + load(dv + r * p + i, k), k);
                *g->d_skip += sum(d * load(v + r * p + i, k));
            })
        }
        float d_beta = 0, d_gamma = 0;
        for (size_t r = 0; r < s->ranks; r++) {
            d_gamma += rotary_outer(p, n, adjoint, s->gamma[at], v + r * p, key + r * n, dv + r * p, dk + r * n);
            if (t > 0)
                d_beta += rotary_outer(p, n, adjoint, s->beta[at], v - s->v_stride + r * p, key - s->k_stride + r * n,
                                       dv - s->v_stride + r * p, dk - s->k_stride + r * n);
            else
                d_beta += rotary_outer(p, n, adjoint, s->beta[at], s->previous_v + r * p, s->previous_k + r * n, 0, 0);
        }
        vf d_alpha = {0};
        EACH(size, {
            vf a = load(adjoint + i, k);
            d_alpha = a * load(before + i, k) + d_alpha;
            store(adjoint + i, a * s->alpha[at], k);
        })
        g->d_alpha[at] = sum(d_alpha), g->d_beta[at] = d_beta, g->d_gamma[at] = d_gamma;
    }
}
