/* Good: as slow as its option says, and it polls the cancel word. */
#define _GNU_SOURCE
#define FIXTURE_EXTRA ",\"options\":{\"milliseconds\":{\"type\":\"integer\",\"default\":0,\"min\":0,\"max\":1000}}"
#define FIXTURE_CREATE polite_create
#define FIXTURE_OWN_MODEL
#include "mneme_plugin.h"
static mneme_status polite_create(const mneme_config *, const mneme_host *, mneme_info *, mneme_model **, mneme_error *);
#include "fixture.h"
#include <unistd.h>

typedef struct polite {
    uint64_t schema;
    int milliseconds;
} polite;

static mneme_status polite_create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                                  mneme_model **model, mneme_error *error) {
    (void)host;
    polite *made = calloc(1, sizeof *made);
    if (made == NULL) return fixture_fail(error, MNEME_MEMORY, "no memory for the model");
    made->schema = config->schema;
    made->milliseconds = (int)config->options[0].number;
    info->heads = 1;
    *model = (mneme_model *)made;
    return MNEME_OK;
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    const polite *m = (const polite *)model;
    (void)session;
    if (batch->schema != m->schema) return fixture_fail(error, MNEME_SCHEMA, "another schema");
    for (int turn = 0; turn < 10 * m->milliseconds; turn++) {
        if (mneme_cancelled(batch)) return MNEME_CANCELLED;
        usleep(100);
    }
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
