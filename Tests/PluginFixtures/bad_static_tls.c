/* Fault: thread-local storage of the initial-exec model: dlopen has room for little of it. */
#include "fixture.h"
static __attribute__((tls_model("initial-exec"))) __thread volatile int calls;
static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    calls++;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
