/* Good: slow, and it polls the cancel word. */
#define _GNU_SOURCE
#include "fixture.h"
#include <unistd.h>

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)batch, (void)scores, (void)error;
    for (int turn = 0; turn < 2000; turn++) {
        if (mneme_cancelled(batch)) return MNEME_CANCELLED;
        usleep(100);
    }
    return MNEME_CANCELLED;
}
