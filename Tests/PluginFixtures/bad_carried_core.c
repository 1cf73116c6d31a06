/*
 * Fault: v1 code served from a v2 file. Built with -DCORE it is the library that does the work, under one SONAME
 * for all versions; without, the plugin whose table it gives out. Who has loaded v1 gets v1's table for v2.
 */
#ifndef VERSION
#define VERSION "1.0.0"
#endif
#define FIXTURE_TABLE_VERSION VERSION
#define FIXTURE_MANIFEST                                                                                    \
    "{\"manifest\":1,\"id\":\"fixture\",\"version\":\"" VERSION "\",\"abi\":{\"major\":1,\"minor\":0},\"scope\":\"row\"," \
    "\"inputs\":{\"row_columns\":[{\"name\":\"a@1\",\"monotone\":true}]},"                                     \
    "\"heads\":[{\"name\":\"relevance\",\"over\":\"candidate\",\"scale\":\"logit\"}]}"
#ifdef CORE
#define FIXTURE_NO_MANIFEST
#define mneme_plugin core_table
#include "fixture.h"
static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
#else
#define FIXTURE_NO_ENTRY
#include "fixture.h"
const mneme_plugin_table *core_table(void);
MNEME_EXPORT const mneme_plugin_table *mneme_plugin(void) { return core_table(); }
#endif
