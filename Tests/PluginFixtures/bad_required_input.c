/* Fault: it requires row texts; whether it gets them is for plugins.json to say. */
#define FIXTURE_INPUTS "{\"row_columns\":[],\"row_texts\":{\"maxBytes\":5},\"query_text\":true}"
#include "fixture.h"

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)batch, (void)scores, (void)error;
    if (batch->row_text_offsets.data == NULL)
        return fixture_fail(error, MNEME_INVALID, "no texts");
    const uint32_t *offsets = batch->row_text_offsets.data;
    /* The score is the length that arrived, so that a test sees the cut. */
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, (float)(offsets[row + 1] - offsets[row]));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
