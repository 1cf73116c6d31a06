/* Ranks by importance, and with -DTURNS the other way round from 1 January 2100 on: a scorer that starts to lie mid-run. */
#define FIXTURE_INPUTS "{\"row_columns\":[{\"name\":\"memory.importance@1\",\"monotone\":true}]}"
#include "fixture.h"

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    float sign = 1;
#ifdef TURNS
    if (batch->now_ms >= 4102444800000) sign = -1;
#endif
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, sign * fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
