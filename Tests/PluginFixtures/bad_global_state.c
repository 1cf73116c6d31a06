/* Fault: what one model did matters to the next: a global survives destroy. */
#define FIXTURE_EXTRA ",\"deterministic\":true"
#define FIXTURE_DESTROY remembering_destroy
#include "mneme_plugin.h"
static void remembering_destroy(mneme_model *);
#include "fixture.h"
static float destroyed;
static void remembering_destroy(mneme_model *model) {
    destroyed += 0.125f;
    free(model);
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0) + destroyed);
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
