/* Fault: a message without end that is not UTF-8 either. */
#include "fixture.h"

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)batch, (void)scores, (void)error;
    memset(error->message, 0xFF, sizeof error->message);
    return MNEME_INTERNAL;
}
