/* Fault: reads a file that is not its business. Scores 1 if it could, -1 if not. */
#include "fixture.h"
#include <fcntl.h>
#include <unistd.h>

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    int got = open("/etc/passwd", O_RDONLY) >= 0;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, got ? 1.0f : -1.0f);
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
