/*
 * session.h: a scorer that remembers how often it was told of each of 16 kinds of ids. Define one fault:
 *   SESSION_SCORE_ADVANCES   score counts itself
 *   SESSION_IMPORT_CORRUPTS  import flips a bit of what it was given
 *   SESSION_IMPORT_TRUSTS    import takes whatever it gets
 *   SESSION_EXPORT_OVERRUNS  export says that it wrote more than there is room for
 */
#define FIXTURE_EXTRA ",\"deterministic\":true,\"state\":{\"version\":3}"
#define FIXTURE_CREATE session_create
#define FIXTURE_SLOTS                                                                          \
    .session_open = session_open, .session_close = session_close, .advance = session_advance, \
    .export_state = session_export, .import_state = session_import,
#include "mneme_plugin.h"
static mneme_status session_create(const mneme_config *, const mneme_host *, mneme_info *, mneme_model **, mneme_error *);
static mneme_status session_open(mneme_model *, uint64_t, mneme_session **, mneme_error *);
static void session_close(mneme_model *, mneme_session *);
static mneme_status session_advance(mneme_model *, mneme_session *, const mneme_events *, mneme_error *);
static mneme_status session_export(mneme_model *, mneme_session *, int32_t, void *, uint64_t, uint64_t *, mneme_error *);
static mneme_status session_import(mneme_model *, mneme_session *, int32_t, uint32_t, const void *, uint64_t, mneme_error *);
#include "fixture.h"

enum { SESSION_STATE_VERSION = 3, SESSION_MARK = 0x53455353 };

typedef struct session_state {
    uint32_t mark;
    uint32_t counts[16];
} session_state;

static mneme_status session_create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                                   mneme_model **model, mneme_error *error) {
    mneme_status status = fixture_create(config, host, info, model, error);
    if (status != MNEME_OK) return status;
    info->state_version = SESSION_STATE_VERSION;
    info->state_id = 7;
    info->session_bytes = sizeof(session_state);
    info->replay_events = 16;
    return MNEME_OK;
}

static mneme_status session_open(mneme_model *model, uint64_t key, mneme_session **session, mneme_error *error) {
    (void)model, (void)key;
    session_state *made = (session_state *)calloc(1, sizeof *made);
    if (made == NULL) return fixture_fail(error, MNEME_MEMORY, "no memory for the session");
    made->mark = SESSION_MARK;
    *session = (mneme_session *)made;
    return MNEME_OK;
}

static void session_close(mneme_model *model, mneme_session *session) { (void)model, free(session); }

static mneme_status session_advance(mneme_model *model, mneme_session *session, const mneme_events *events,
                                    mneme_error *error) {
    session_state *state = (session_state *)session;
    if (events->schema != ((const fixture_model *)model)->schema) return fixture_fail(error, MNEME_SCHEMA, "another schema");
    const uint64_t *ids = (const uint64_t *)events->ids.data;
    for (uint32_t index = 0; index < events->ids.rows; index++) state->counts[ids[index] % 16]++;
    return MNEME_OK;
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    session_state *state = (session_state *)session;
    const uint64_t *ids = (const uint64_t *)batch->row_ids.data;
    (void)model, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) {
        float worth = state ? (float)state->counts[ids[row] % 16] : 0;
        fixture_set(scores, row, fixture_feature(batch, row, 0) + worth);
    }
#ifdef SESSION_SCORE_ADVANCES
    if (state) state->counts[0]++;
#endif
    scores->rows_done = batch->rows;
    return MNEME_OK;
}

static mneme_status session_export(mneme_model *model, mneme_session *session, int32_t form, void *out,
                                   uint64_t capacity, uint64_t *length, mneme_error *error) {
    (void)model;
    if (form != MNEME_STATE_EXACT || session == NULL) return fixture_fail(error, MNEME_UNSUPPORTED, "exact session state only");
    *length = sizeof(session_state);
    if (out == NULL) return MNEME_OK;
    if (capacity < *length) return fixture_fail(error, MNEME_INVALID, "no room for the state");
    memcpy(out, session, sizeof(session_state));
#ifdef SESSION_EXPORT_OVERRUNS
    *length = capacity + 4096;
#endif
    return MNEME_OK;
}

static mneme_status session_import(mneme_model *model, mneme_session *session, int32_t form, uint32_t version,
                                   const void *bytes, uint64_t length, mneme_error *error) {
    session_state *state = (session_state *)session;
    (void)model;
#ifdef SESSION_IMPORT_TRUSTS
    (void)form, (void)version, (void)error;
    memcpy(state, bytes, length < sizeof *state ? length : sizeof *state);
    return MNEME_OK;
#endif
    session_state copy;
    if (form != MNEME_STATE_EXACT || version != SESSION_STATE_VERSION || length != sizeof copy || state == NULL)
        return fixture_fail(error, MNEME_STATE, "not a state of version 3");
    memcpy(&copy, bytes, sizeof copy);
    if (copy.mark != SESSION_MARK) return fixture_fail(error, MNEME_STATE, "not a state of this scorer");
#ifdef SESSION_IMPORT_CORRUPTS
    copy.counts[5] ^= 1;
#endif
    memcpy(state, &copy, sizeof copy);
    return MNEME_OK;
}
