/* Fault: starts a thread that its manifest does not mention. Scores 1 if it could, -1 if not. */
#include "fixture.h"
#include <pthread.h>
#include <unistd.h>

static void *wait_for_ever(void *nothing) {
    for (;;) sleep(1);
    return nothing;
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    pthread_t thread;
    int got = pthread_create(&thread, 0, wait_for_ever, 0) == 0;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, got ? 1.0f : -1.0f);
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
