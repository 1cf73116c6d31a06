/* Fault: an option that its manifest allows divides by zero. */
#define FIXTURE_EXTRA ",\"options\":{\"bins\":{\"type\":\"integer\",\"default\":4,\"min\":0,\"max\":8}}"
#define FIXTURE_CREATE dividing_create
#include "mneme_plugin.h"
static mneme_status dividing_create(const mneme_config *, const mneme_host *, mneme_info *, mneme_model **, mneme_error *);
#include "fixture.h"
static volatile int bins;
static mneme_status dividing_create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                                    mneme_model **model, mneme_error *error) {
    bins = 256 / (int)config->options[0].number;
    return fixture_create(config, host, info, model, error);
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
