/* Softmax cross-entropy (math 8) and AdamW (math 9). */

/* exp(score - max) into `p`, 0 where masked; returns their sum, in double: a list may be a vocabulary. */
INLINE double softmax_terms(size_t n, const float *scores, const uint8_t *mask, float top, float *p) {
    for (size_t i = 0; i < n; i++) p[i] = !mask || mask[i] ? scores[i] - top : -INFINITY;
    double total = 0;
    EACH(n, {
        vf e = exp_v(load(p + i, k));
        store(p + i, e, k);
    })
    for (size_t i = 0; i < n; i++) {
        if (mask && !mask[i]) p[i] = 0;
        total += p[i];
    }
    return total;
}

static int listwise_f(size_t n, const float *scores, const float *labels, const uint8_t *mask, float weight,
                      float *loss, float *gradient) {
    float top = -INFINITY;
    double relevant = 0;
    for (size_t i = 0; i < n; i++)
        if (!mask || mask[i]) {
            top = scores[i] > top ? scores[i] : top;
            relevant += labels[i];
        }
    *loss = 0;
    memset(gradient, 0, n * sizeof *gradient);
    if (!(relevant > 0)) return 0;
    const double total = softmax_terms(n, scores, mask, top, gradient), log_total = log(total);
    double value = 0;
    for (size_t i = 0; i < n; i++)
        if (!mask || mask[i]) {
            const double q = labels[i] / relevant;
            if (q > 0) value -= q * ((double)scores[i] - top - log_total);
            gradient[i] = (float)((gradient[i] / total - q) * weight);
        }
    *loss = (float)value;
    return 1;
}

static float cross_entropy_f(size_t n, const float *scores, size_t target, float weight, float *gradient) {
    float top = -INFINITY;
    for (size_t i = 0; i < n; i++) top = scores[i] > top ? scores[i] : top;
    const double total = softmax_terms(n, scores, 0, top, gradient);
    const float share = (float)(weight / total);
    EACH(n, store(gradient + i, load(gradient + i, k) * share, k);)
    gradient[target] -= weight;
    return (float)(log(total) - ((double)scores[target] - top));
}

static void adamw_f(const mneme_adamw_t *r, size_t n, const float *gradient, float *parameters, float *first,
                    float *second) {
    const float shrink = 1 - r->learning_rate * r->weight_decay, step = r->learning_rate / r->correction1;
    for (size_t i = 0; i < n; i++) {
        const float g = gradient[i] * r->gradient_scale;
        const float m = r->beta1 * first[i] + r->new1 * g;
        const float v = r->beta2 * second[i] + r->new2 * (g * g);
        first[i] = m, second[i] = v;
        parameters[i] = parameters[i] * shrink - step * m / (sqrtf(v) / r->correction2_root + r->epsilon);
    }
}

/* Lanes of double: the norm of a million gradients loses no digit, and the order is the same on every run. */
static double sum_of_squares_f(const float *x, size_t n) {
    double lanes[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++) lanes[j] += (double)x[i + j] * x[i + j];
    for (size_t j = 0; i < n; i++, j++) lanes[j] += (double)x[i] * x[i];
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

static void add_f(const float *x, size_t n, float *y) { EACH(n, store(y + i, load(y + i, k) + load(x + i, k), k);) }

static void scaled_add_f(float factor, const float *x, size_t n, float *y) {
    EACH(n, store(y + i, load(x + i, k) * factor + load(y + i, k), k);)
}
