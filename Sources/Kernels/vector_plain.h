/* Plain loops in double over elements, rows and lists: the formulas of math 0, 8 and 9 as they are written there. */

static double sigmoid_d(double v) { return v >= 0 ? 1 / (1 + exp(-v)) : exp(v) / (1 + exp(v)); }
static double softplus_d(double v) { return fmax(v, 0) + log1p(exp(-fabs(v))); }
static double silu_d(double v) { return v * sigmoid_d(v); }
static double silu_slope(double v) { return sigmoid_d(v) * (1 + v * (1 - sigmoid_d(v))); }
static double normal_d(double v) { return erfc(-v * M_SQRT1_2) / 2; }
static double gelu_d(double v) { return v * normal_d(v); }
static double gelu_slope(double v) { return normal_d(v) + v * exp(-v * v / 2) * 0.3989422804014327; }

#define PLAIN(name, function)                                                                  \
    static void name(const float *x, size_t n, float *y) {                                     \
        for (size_t i = 0; i < n; i++) y[i] = (float)function(x[i]);                           \
    }
PLAIN(plain_exp, exp)
PLAIN(plain_softplus, softplus_d)
PLAIN(plain_sigmoid, sigmoid_d)
PLAIN(plain_silu, silu_d)
PLAIN(plain_gelu, gelu_d)

#define PLAIN_GRADIENT(name, slope)                                                            \
    static void name(const float *x, const float *dy, size_t n, float *dx) {                   \
        for (size_t i = 0; i < n; i++) dx[i] = (float)(dy[i] * slope(x[i]));                   \
    }
PLAIN_GRADIENT(plain_softplus_gradient, sigmoid_d)
PLAIN_GRADIENT(plain_silu_gradient, silu_slope)
PLAIN_GRADIENT(plain_gelu_gradient, gelu_slope)

static void plain_gate(size_t rows, size_t n, const float *y, size_t y_stride, const float *z, size_t z_stride,
                       float *g) {
    for (size_t t = 0; t < rows; t++)
        for (size_t i = 0; i < n; i++) g[t * n + i] = (float)(y[t * y_stride + i] * silu_d(z[t * z_stride + i]));
}

static void plain_gate_gradient(size_t rows, size_t n, const float *dg, const float *y, const float *z,
                                size_t z_stride, float *dy, float *dz, size_t dz_stride) {
    for (size_t t = 0; t < rows; t++)
        for (size_t i = 0; i < n; i++) {
            const double v = z[t * z_stride + i], d = dg[t * n + i];
            dz[t * dz_stride + i] = (float)(d * y[t * n + i] * silu_slope(v));
            dy[t * n + i] = (float)(d * silu_d(v));
        }
}

static void plain_rms_norm(size_t rows, size_t n, const float *x, const float *weight, float epsilon, float *y,
                           float *scale) {
    for (size_t t = 0; t < rows; t++, x += n, y += n) {
        double squares = 0;
        for (size_t i = 0; i < n; i++) squares += (double)x[i] * x[i];
        const double r = 1 / sqrt(squares / (double)n + epsilon);
        scale[t] = (float)r;
        for (size_t i = 0; i < n; i++) y[i] = (float)(x[i] * r * weight[i]);
    }
}

static void plain_rms_norm_gradient(size_t rows, size_t n, const float *x, const float *weight, const float *scale,
                                    const float *dy, float *dx, float *dw) {
    for (size_t t = 0; t < rows; t++, x += n, dy += n, dx += n) {
        const double r = scale[t];
        double product = 0;
        for (size_t i = 0; i < n; i++) product += (double)dy[i] * weight[i] * x[i];
        for (size_t i = 0; i < n; i++) {
            dx[i] += (float)(r * ((double)dy[i] * weight[i] - x[i] * r * r * product / (double)n));
            dw[i] += (float)(dy[i] * x[i] * r);
        }
    }
}

static void plain_layer_norm(size_t rows, size_t n, const float *x, const float *weight, const float *bias,
                             float epsilon, float *y, float *mean, float *scale) {
    for (size_t t = 0; t < rows; t++, x += n, y += n) {
        double total = 0, squares = 0;
        for (size_t i = 0; i < n; i++) total += x[i];
        const double centre = total / (double)n;
        for (size_t i = 0; i < n; i++) squares += (x[i] - centre) * (x[i] - centre);
        const double r = 1 / sqrt(squares / (double)n + epsilon);
        mean[t] = (float)centre, scale[t] = (float)r;
        for (size_t i = 0; i < n; i++) y[i] = (float)((x[i] - centre) * r * weight[i] + bias[i]);
    }
}

static void plain_layer_norm_gradient(size_t rows, size_t n, const float *x, const float *weight, const float *mean,
                                      const float *scale, const float *dy, float *dx, float *dw, float *db) {
    for (size_t t = 0; t < rows; t++, x += n, dy += n, dx += n) {
        const double centre = mean[t], r = scale[t];
        double total = 0, product = 0;
        for (size_t i = 0; i < n; i++) {
            total += (double)dy[i] * weight[i];
            product += (double)dy[i] * weight[i] * (x[i] - centre) * r;
        }
        for (size_t i = 0; i < n; i++) {
            const double unit = (x[i] - centre) * r;
            dx[i] += (float)(r * ((double)dy[i] * weight[i] - total / (double)n - unit * product / (double)n));
            dw[i] += (float)(dy[i] * unit);
            db[i] += dy[i];
        }
    }
}

static int plain_listwise(size_t n, const float *scores, const float *labels, const uint8_t *mask, float weight,
                          float *loss, float *gradient) {
    double top = -INFINITY, relevant = 0, total = 0, value = 0;
    for (size_t i = 0; i < n; i++) {
        gradient[i] = 0;
        if (mask && !mask[i]) continue;
        top = fmax(top, scores[i]);
        relevant += labels[i];
    }
    *loss = 0;
    if (!(relevant > 0)) return 0;
    for (size_t i = 0; i < n; i++)
        if (!mask || mask[i]) total += exp(scores[i] - top);
    for (size_t i = 0; i < n; i++) {
        if (mask && !mask[i]) continue;
        const double q = labels[i] / relevant, log_p = scores[i] - top - log(total);
        if (q > 0) value -= q * log_p;
        gradient[i] = (float)((exp(log_p) - q) * weight);
    }
    *loss = (float)value;
    return 1;
}

static float plain_cross_entropy(size_t n, const float *scores, size_t target, float weight, float *gradient) {
    double top = -INFINITY, total = 0;
    for (size_t i = 0; i < n; i++) top = fmax(top, scores[i]);
    for (size_t i = 0; i < n; i++) total += exp(scores[i] - top);
    for (size_t i = 0; i < n; i++)
        gradient[i] = (float)((exp(scores[i] - top) / total - (i == target)) * weight);
    return (float)(log(total) - (scores[target] - top));
}

static void plain_adamw(const mneme_adamw_t *r, size_t n, const float *gradient, float *parameters, float *first,
                        float *second) {
    for (size_t i = 0; i < n; i++) {
        const double g = (double)gradient[i] * r->gradient_scale;
        const double m = (double)r->beta1 * first[i] + r->new1 * g;
        const double v = (double)r->beta2 * second[i] + r->new2 * g * g;
        first[i] = (float)m, second[i] = (float)v;
        parameters[i] = (float)(parameters[i] * (1 - (double)r->learning_rate * r->weight_decay)
                                - r->learning_rate / (double)r->correction1 * m
                                      / (sqrt(v) / r->correction2_root + r->epsilon));
    }
}

static double plain_sum_of_squares(const float *x, size_t n) {
    double total = 0;
    for (size_t i = 0; i < n; i++) total += (double)x[i] * x[i];
    return total;
}

static void plain_add(const float *x, size_t n, float *y) {
    for (size_t i = 0; i < n; i++) y[i] += x[i];
}

static void plain_scaled_add(float factor, const float *x, size_t n, float *y) {
    for (size_t i = 0; i < n; i++) y[i] = (float)((double)factor * x[i] + y[i]);
}
