/* Good: it has nothing to say about memories with even ids. */
#include "fixture.h"

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)batch, (void)scores, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) {
        if (((const uint64_t *)batch->row_ids.data)[row] % 2 == 0) ((uint8_t *)scores->row_status.data)[row] = MNEME_ROW_ABSTAIN;
        else fixture_set(scores, row, fixture_feature(batch, row, 0));
    }
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
