/* Fault: a constructor ends the process as if all were well: discovery by exit code is fooled. */
#include "fixture.h"
#include <unistd.h>
__attribute__((constructor)) static void begin(void) { _exit(0); }

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
