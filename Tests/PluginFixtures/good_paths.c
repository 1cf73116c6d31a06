/* Good: a row is worth a@1 and its best path, a path the sum of h@1 over its hops plus, for the last hop, its kind; without a
   path it abstains. With the option `deaf` create says that it doesn't use paths. */
#define FIXTURE_INPUTS                                                                                     \
    "{\"row_columns\":[{\"name\":\"a@1\",\"monotone\":true}],\"hop_columns\":[{\"name\":\"h@1\"},"                          \
    "{\"name\":\"z@1\",\"required\":false},{\"name\":\"g@1\",\"required\":false}],\"paths\":true}"
#define FIXTURE_CREATE paths_create
#define FIXTURE_EXTRA ",\"deterministic\":true,\"options\":{\"deaf\":{\"type\":\"bool\",\"default\":false}}"
#include "mneme_plugin.h"
static mneme_status paths_create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                                 mneme_model **model, mneme_error *error);
#include "fixture.h"

static mneme_status paths_create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                                 mneme_model **model, mneme_error *error) {
    /* z@1 is offered by nobody. */
    if (config->hop_column_count != 2) return fixture_fail(error, MNEME_SCHEMA, "needed are the hop columns h@1, g@1");
    if (config->options[0].number == 0) info->inputs = MNEME_INPUT_PATHS;
    return fixture_create(config, host, info, model, error);
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session;
    const uint32_t *rows = batch->path_offsets.data, *paths = batch->hop_offsets.data;
    if (rows != NULL) {
        if (batch->path_offsets.rows != batch->rows + 1 || rows[0] != 0 || rows[batch->rows] != batch->path_ids.rows ||
            batch->hop_offsets.rows != batch->path_ids.rows + 1 || paths[batch->path_ids.rows] != batch->hop_kinds.rows ||
            batch->hop_ids.rows != batch->hop_kinds.rows || batch->hop_features.rows != batch->hop_kinds.rows)
            return fixture_fail(error, MNEME_INVALID, "offsets that don't end where their lists do");
    }
    for (uint32_t row = 0; row < batch->rows; row++) {
        if (rows == NULL || rows[row] == rows[row + 1]) {
            ((uint8_t *)scores->row_status.data)[row] = MNEME_ROW_ABSTAIN;
            continue;
        }
        float best = -1e30f;
        for (uint32_t path = rows[row]; path < rows[row + 1]; path++) {
            float sum = ((const uint8_t *)batch->hop_kinds.data)[paths[path + 1] - 1];
            for (uint32_t hop = paths[path]; hop < paths[path + 1]; hop++)
                sum += *(const float *)((const char *)batch->hop_features.data + (size_t)hop * batch->hop_features.stride);
            ((float *)scores->path_values.data)[path] = sum;
            if (sum > best) best = sum;
        }
        fixture_set(scores, row, best + fixture_feature(batch, row, 0));
    }
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
