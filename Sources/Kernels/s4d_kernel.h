/*
 * The convolution kernel and its gradient. In double: powers are built by multiplication, which in float would lose a
 * digit by l = 100, and the kernel is made once per length, not once per path.
 */

static void S4D(vandermonde)(
    size_t from, size_t to, size_t modes, size_t channels, const double *restrict rho_re,
    const double *restrict rho_im, const double *restrict v_re, const double *restrict v_im,
    double *restrict power, float *restrict kernel) {
    double *restrict p_re = power, *restrict p_im = power + modes * channels;
    for (size_t h0 = 0; h0 < channels; h0 += 16) {
        size_t width = channels - h0 < 16 ? channels - h0 : 16;
        for (size_t l = from; l < to; l++) {
            double sum[16] = {0};
            for (size_t m = 0; m < modes; m++) {
                size_t at = m * channels + h0;
                for (size_t j = 0; j < width; j++) {
                    double re = p_re[at + j], im = p_im[at + j];
                    sum[j] += v_re[at + j] * re - v_im[at + j] * im;
                    p_re[at + j] = re * rho_re[at + j] - im * rho_im[at + j];
                    p_im[at + j] = re * rho_im[at + j] + im * rho_re[at + j];
                }
            }
            for (size_t j = 0; j < width; j++) kernel[l * channels + h0 + j] = (float)(2 * sum[j]);
        }
    }
}

static void S4D(vandermonde_backward)(
    size_t length, size_t modes, size_t channels, const double *restrict rho_re, const double *restrict rho_im,
    const float *restrict dkernel, double *restrict s0, double *restrict s1) {
    size_t plane = modes * channels;
    for (size_t m = 0; m < modes; m++) {
        for (size_t h0 = 0; h0 < channels; h0 += 8) {
            size_t width = channels - h0 < 8 ? channels - h0 : 8, at = m * channels + h0;
            double a_re[8] = {0}, a_im[8] = {0}, b_re[8] = {0}, b_im[8] = {0};
            /* Horner from the last power down: s1 follows as the derivative of s0. */
            for (size_t l = length; l-- > 0;)
                for (size_t j = 0; j < width; j++) {
                    double r = rho_re[at + j], i = rho_im[at + j];
                    double next_re = b_re[j] * r - b_im[j] * i + a_re[j];
                    b_im[j] = b_re[j] * i + b_im[j] * r + a_im[j];
                    b_re[j] = next_re;
                    next_re = a_re[j] * r - a_im[j] * i + dkernel[l * channels + h0 + j];
                    a_im[j] = a_re[j] * i + a_im[j] * r;
                    a_re[j] = next_re;
                }
            for (size_t j = 0; j < width; j++) {
                s0[at + j] = a_re[j];
                s0[plane + at + j] = a_im[j];
                s1[at + j] = b_re[j];
                s1[plane + at + j] = b_im[j];
            }
        }
    }
}
