/* Fault: a constructor crashes, before any function was called. */
#include "fixture.h"

__attribute__((constructor)) static void begin(void) {
    /* A volatile pointer: gcc drops a constructor that does nothing but fault. */
    volatile int *volatile nowhere = 0;
    *nowhere = 1;
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
