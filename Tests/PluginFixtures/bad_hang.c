/* Fault: score never returns. */
#include "fixture.h"
#include <unistd.h>

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)batch, (void)scores, (void)error;
    for (;;) pause();
    return MNEME_OK;
}
