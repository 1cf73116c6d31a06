/* Fault: says deterministic, and hashes an address of its process. */
#define FIXTURE_EXTRA ",\"deterministic\":true"
#include "fixture.h"
#include <unistd.h>

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0) + (float)(getpid() % 4096) * 1e-3f);
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
