/* Fault: a scratch array for 1,000 rows, whatever max_rows says. */
#include "fixture.h"

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    if (batch->rows > 1000) return fixture_fail(error, MNEME_INVALID, "more than 1000 rows");
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
