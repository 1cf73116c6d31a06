/* Fault: score recurses without end. */
#include "fixture.h"

static int deeper(volatile char *last, int depth) {
    volatile char frame[4096];
    frame[0] = last ? last[0] : 1;
    return deeper(frame, depth + 1) + frame[0];
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    if (deeper(0, 0) == 1) return MNEME_INTERNAL;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
