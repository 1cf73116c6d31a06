/* Good: with less than two seconds left it reaches half of the rows, and says so. */
#define _GNU_SOURCE
#include "fixture.h"
#include <time.h>

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left = batch->deadline_ns - ((int64_t)now.tv_sec * 1000000000 + now.tv_nsec);
    int isTight = left < 2000000000;
    scores->rows_done = isTight ? batch->rows / 2 : batch->rows;
    for (uint32_t row = 0; row < scores->rows_done; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    return isTight ? MNEME_PARTIAL : MNEME_OK;
}
