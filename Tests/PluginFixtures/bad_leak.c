/* Fault: forgets a megabyte per call. */
#include "fixture.h"
#include <stdlib.h>

static void *volatile forgotten;
static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    forgotten = malloc(1 << 20);
    if (forgotten != NULL) memset(forgotten, 1, 1 << 20);
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
