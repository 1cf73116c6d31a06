/* Fault: writes a whole struct instead of its fields, as a plugin of a newer minor would: 64 bytes too many. */
#include "fixture.h"

typedef struct longer {
    mneme_scores known;
    char added[64];
} longer;

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    longer whole;
    memset(&whole, 0, sizeof whole);
    memcpy(&whole.known, scores, sizeof whole.known);
    memcpy((char *)scores, &whole, sizeof whole);
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, fixture_feature(batch, row, 0));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
