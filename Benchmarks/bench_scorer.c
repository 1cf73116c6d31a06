/*
 * For measuring what a call costs beyond the scorer's own work: a dot product of 17 columns, and one word of each text
 * or vector that it is given (-DTEXTS, -DVECTORS), so that they cross and hardly anything is computed.
 */
#include "mneme_plugin.h"

#ifdef TEXTS
#define MORE ",\"row_texts\":true"
#elif defined(VECTORS)
#define MORE ",\"row_embeddings\":true"
#else
#define MORE ""
#endif
MNEME_PLUGIN_MANIFEST(
    "{\"manifest\":1,\"id\":\"bench\",\"version\":\"1.0.0\",\"abi\":{\"major\":1,\"minor\":0},\"scope\":\"row\",\"concurrent\":true,"
    "\"inputs\":{\"row_columns\":[" COLUMNS "]" MORE "},"
    "\"heads\":[{\"name\":\"relevance\",\"over\":\"candidate\",\"scale\":\"rank-only\"}]}");

static char model_memory;
static const float weights[20] = {.4f, -.1f, .2f, .3f, -.2f, .1f, .5f, -.3f, .2f, .1f, .4f, -.5f, .2f, .3f, -.1f, .6f, .2f};

static mneme_status create(const mneme_config *config, const mneme_host *host, mneme_info *info, mneme_model **model,
                           mneme_error *error) {
    (void)config, (void)host, (void)error;
    info->heads = 1;
    *model = (mneme_model *)&model_memory;
    return MNEME_OK;
}

static void destroy(mneme_model *model) { (void)model; }

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch, mneme_scores *scores,
                          mneme_error *error) {
    (void)model, (void)session, (void)error;
    const mneme_array *features = &batch->row_features;
    float *out = scores->values.data;
    for (uint32_t r = 0; r < batch->rows; r++) {
        const float *row = (const float *)((const char *)features->data + (size_t)r * features->stride);
        /* Four sums at once: one alone waits for itself 17 times. */
        float sums[4] = {0};
        uint32_t c = 0;
        for (; c + 4 <= features->cols; c += 4)
            for (uint32_t lane = 0; lane < 4; lane++) sums[lane] += row[c + lane] * weights[c + lane];
        float sum = sums[0] + sums[1] + sums[2] + sums[3];
        for (; c < features->cols; c++) sum += row[c] * weights[c];
#ifdef TEXTS
        const uint32_t *offsets = batch->row_text_offsets.data;
        if (offsets != NULL && offsets[r + 1] > offsets[r]) sum += ((const uint8_t *)batch->row_text_bytes.data)[offsets[r]];
#elif defined(VECTORS)
        if (batch->row_embeddings.data != NULL) sum += *(const float *)((const char *)batch->row_embeddings.data + (size_t)r * batch->row_embeddings.stride);
#endif
        out[r] = sum;
    }
    scores->rows_done = batch->rows;
    return MNEME_OK;
}

static const mneme_plugin_table table = {
    .magic = MNEME_MAGIC, .struct_size = sizeof(mneme_plugin_table), .abi_major = MNEME_ABI_MAJOR, .abi_minor = MNEME_ABI_MINOR,
    .id = "bench", .version = "1.0.0", .create = create, .destroy = destroy, .score = score,
};

MNEME_EXPORT const mneme_plugin_table *mneme_plugin(void) { return &table; }
