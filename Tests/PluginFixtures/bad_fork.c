/* Fault: makes processes without end. Scores 1 if it could make one, -1 if not. */
#include "fixture.h"
#include <unistd.h>

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    int got = 0;
    for (int i = 0; i < 64; i++) {
        pid_t child = fork();
        if (child == 0) for (;;) pause();
        if (child > 0) got = 1;
    }
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, got ? 1.0f : -1.0f);
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
