/* Fault: looks for its columns and takes it for granted that they are there. */
#define FIXTURE_CREATE trusting_create
#include "mneme_plugin.h"
static mneme_status trusting_create(const mneme_config *, const mneme_host *, mneme_info *, mneme_model **, mneme_error *);
#include "fixture.h"
static mneme_status trusting_create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                                    mneme_model **model, mneme_error *error) {
    uint32_t place = 0;
    while (strcmp(config->row_columns[place], "a@1") != 0) place++;
    return fixture_create(config, host, info, model, error);
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
