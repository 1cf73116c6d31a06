/* Fault: writes nothing and returns an error with a message. */
#include "fixture.h"

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)batch, (void)scores, (void)error;
    return fixture_fail(error, MNEME_INTERNAL, "the moon is in the wrong house");
}
