/* Fault: an error without a word. */
#include "fixture.h"

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)batch, (void)scores, (void)error;
    return MNEME_INTERNAL;
}
