/* Good: a logistic scorer with options, an explanation, and weights that come as an asset if there is one. */
#define FIXTURE_CREATE logistic_create
#define FIXTURE_OWN_MODEL
#define FIXTURE_EXTRA                                                                                  \
    ",\"deterministic\":true,\"parts\":[\"bias\",\"a\",\"b\"],"                                       \
    "\"options\":{\"bias\":{\"type\":\"number\",\"default\":0.5,\"min\":-10,\"max\":10},"              \
    "\"steps\":{\"type\":\"integer\",\"default\":1,\"min\":1,\"max\":4},"                             \
    "\"loud\":{\"type\":\"bool\",\"default\":false},"                                                 \
    "\"mode\":{\"type\":\"enum\",\"default\":\"plain\",\"values\":[\"plain\",\"sigmoid\"]}},"          \
    "\"assets\":{\"weights\":{\"format\":\"f32\",\"required\":false,\"maxBytes\":64}}"
#include "mneme_plugin.h"
static mneme_status logistic_create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                                    mneme_model **model, mneme_error *error);
#include "fixture.h"
#include <math.h>
#include <stdlib.h>

typedef struct logistic {
    uint64_t schema;
    float bias, a, b;
    int sigmoid;
} logistic;

static mneme_status logistic_create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                                    mneme_model **model, mneme_error *error) {
    logistic *made = calloc(1, sizeof *made);
    if (made == NULL) return fixture_fail(error, MNEME_MEMORY, "no memory for the model");
    made->schema = config->schema;
    made->bias = (float)config->options[0].number;
    made->sigmoid = strcmp(config->options[3].text, "sigmoid") == 0;
    made->a = 2, made->b = -1;
    if (config->asset_count == 1) {
        if (config->assets[0].bytes != 2 * sizeof(float)) {
            free(made);
            return fixture_fail(error, MNEME_ASSET, "weights: needed are 8 bytes, two f32");
        }
        memcpy(&made->a, config->assets[0].data, sizeof(float));
        memcpy(&made->b, (const float *)config->assets[0].data + 1, sizeof(float));
    }
    if (config->options[2].number != 0) host->log(host->context, MNEME_LOG_INFO, "made", 4);
    info->heads = 1;
    info->part_count = 3;
    *model = (mneme_model *)made;
    return MNEME_OK;
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    const logistic *m = (const logistic *)model;
    (void)session;
    if (batch->schema != m->schema) return fixture_fail(error, MNEME_SCHEMA, "another schema");
    const char *line = batch->row_features.data;
    float *values = scores->values.data;
    for (uint32_t row = 0; row < batch->rows; row++, line += batch->row_features.stride) {
        const float *x = (const float *)line;
        float logit = m->bias + m->a * x[0] + m->b * x[1];
        values[row] = m->sigmoid ? 1 / (1 + expf(-logit)) : logit;
        if (scores->parts.data != NULL) {
            float *parts = (float *)((char *)scores->parts.data + (size_t)row * scores->parts.stride);
            parts[0] = m->bias, parts[1] = m->a * x[0], parts[2] = m->b * x[1];
        }
    }
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
