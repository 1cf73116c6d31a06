/* Fault: destroy frees twice. */
#define FIXTURE_DESTROY double_destroy
#include "mneme_plugin.h"
static void double_destroy(mneme_model *);
#include "fixture.h"
static void double_destroy(mneme_model *model) {
    void *volatile same = model;
    free(model);
    free(same);
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
