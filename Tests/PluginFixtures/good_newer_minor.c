/* Good: built for a newer minor, with a longer table and a manifest key that this host doesn't know. */
#define FIXTURE_MINOR 7u
#define FIXTURE_SIZE (sizeof(mneme_plugin_table) + 16)
#define FIXTURE_ABI "{\"major\":1,\"minor\":7}"
#define FIXTURE_EXTRA ",\"novelty\":true"
#include "fixture.h"

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
