/* Fault: cancelled, it says that it did all rows and wrote none. */
#define FIXTURE_RAW_SCORE
#include "fixture.h"

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    if (mneme_cancelled(batch)) {
        scores->rows_done = batch->rows;
        return MNEME_CANCELLED;
    }
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
