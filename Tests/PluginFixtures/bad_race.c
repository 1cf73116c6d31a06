/* Fault: says concurrent, and keeps its scratch memory in a global. */
#include "fixture.h"
static volatile float scratch;

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) {
        scratch = fixture_feature(batch, row, 0);
        for (volatile int wait = 0; wait < 50; wait++) {}
        fixture_set(scores, row, scratch);
    }
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
