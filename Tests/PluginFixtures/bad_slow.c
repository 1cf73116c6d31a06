/* Fault: 60 ms per call, and it never looks at the cancel word. */
#define _GNU_SOURCE
#include "fixture.h"
#include <unistd.h>

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)batch, (void)scores, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    usleep(60000);
    /* Late: by now these buffers must still be this call's own. */
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, 12345);
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
