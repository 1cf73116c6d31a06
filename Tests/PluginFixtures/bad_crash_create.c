/* Fault: create crashes. */
#define FIXTURE_CREATE crash
#include "mneme_plugin.h"

static mneme_status crash(const mneme_config *config, const mneme_host *host, mneme_info *info, mneme_model **model,
                          mneme_error *error) {
    (void)config, (void)host, (void)info, (void)model, (void)error;
    *(volatile int *)0 = 1;
    return MNEME_OK;
}

#include "fixture.h"

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
