/* Good: a recurrence over the session's events; "generation" stands for other weights, under which an old state
   means nothing. */
#define FIXTURE_CREATE stateful_create
#define FIXTURE_SESSIONS
#define FIXTURE_INPUTS                                                                                    \
    "{\"row_columns\":[{\"name\":\"a@1\",\"monotone\":true},{\"name\":\"b@1\",\"monotone\":true}],"                                         \
    "\"event_columns\":[{\"name\":\"e@1\"}],\"history\":{\"required\":false}}"
#ifndef FIXTURE_STATE
#define FIXTURE_STATE "{\"version\":1,\"imports\":[1],\"compact\":true}"
#endif
#define FIXTURE_EXTRA                                                                                  \
    ",\"deterministic\":true,\"state\":" FIXTURE_STATE ","                                            \
    "\"options\":{\"generation\":{\"type\":\"integer\",\"default\":1,\"min\":1,\"max\":100}}"
#include "mneme_plugin.h"
static mneme_status stateful_create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                                    mneme_model **model, mneme_error *error);
#include "fixture.h"
#include <stdlib.h>

#ifndef FIXTURE_BEFORE_ADVANCE
#define FIXTURE_BEFORE_ADVANCE
#endif
#ifndef FIXTURE_SESSION_BYTES
#define FIXTURE_SESSION_BYTES 64
#endif

typedef struct model {
    uint64_t schema;
    float decay;
} model;

typedef struct state {
    uint64_t events;
    float trace, last;
} state;

static mneme_status stateful_create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                                    mneme_model **made, mneme_error *error) {
    (void)host;
    model *m = calloc(1, sizeof *m);
    if (m == NULL) return fixture_fail(error, MNEME_MEMORY, "no memory for the model");
    uint64_t generation = (uint64_t)config->options[0].number;
    m->schema = config->schema;
    m->decay = 1 - 0.5f / (float)(generation + 4);
    info->heads = 1;
    info->state_version = 1;
    info->state_id = generation;
    info->session_bytes = FIXTURE_SESSION_BYTES;
    info->replay_events = 16;
    *made = (mneme_model *)m;
    return MNEME_OK;
}

static mneme_status fixture_open(mneme_model *m, uint64_t key, mneme_session **session, mneme_error *error) {
    (void)m, (void)key;
    state *s = calloc(1, sizeof *s);
    if (s == NULL) return fixture_fail(error, MNEME_MEMORY, "no memory for the session");
    *session = (mneme_session *)s;
    return MNEME_OK;
}

static void fixture_close(mneme_model *m, mneme_session *session) {
    (void)m;
    free(session);
}

static mneme_status fixture_advance(mneme_model *m, mneme_session *session, const mneme_events *events,
                                    mneme_error *error) {
    state *s = (state *)session;
    (void)error;
    FIXTURE_BEFORE_ADVANCE
    for (uint32_t row = 0; row < events->rows; row++) {
        const float *x = (const float *)((const char *)events->features.data + (size_t)row * events->features.stride);
        s->trace = ((model *)m)->decay * s->trace + x[0];
        s->last = x[0];
        s->events++;
    }
    return MNEME_OK;
}

static mneme_status score(mneme_model *m, mneme_session *session, const mneme_batch *batch, mneme_scores *scores,
                          mneme_error *error) {
    (void)m, (void)error;
    const state *s = (const state *)session;
    float trace = s ? s->trace : 0;
    for (uint32_t row = 0; row < batch->rows; row++)
        fixture_set(scores, row, trace * fixture_feature(batch, row, 0) + 0.01f * fixture_feature(batch, row, 1));
    scores->rows_done = batch->rows;
    return MNEME_OK;
}

#ifndef FIXTURE_EXPORT
static mneme_status fixture_export(mneme_model *m, mneme_session *session, int32_t form, void *out, uint64_t capacity,
                                   uint64_t *length, mneme_error *error) {
    (void)m;
    if (session == NULL) return fixture_fail(error, MNEME_UNSUPPORTED, "it learns nothing");
    *length = form == MNEME_STATE_COMPACT ? sizeof(float) : sizeof(state);
    if (out == NULL) return MNEME_OK;
    if (capacity < *length) return fixture_fail(error, MNEME_INVALID, "too little room");
    const state *s = (const state *)session;
    if (form == MNEME_STATE_COMPACT)
        memcpy(out, &s->trace, sizeof(float));
    else
        memcpy(out, s, sizeof *s);
    return MNEME_OK;
}
#endif

static mneme_status fixture_import(mneme_model *m, mneme_session *session, int32_t form, uint32_t state_version,
                                   const void *bytes, uint64_t length, mneme_error *error) {
    (void)m;
    if (session == NULL) return fixture_fail(error, MNEME_UNSUPPORTED, "it learns nothing");
    if (state_version != 1) return fixture_fail(error, MNEME_STATE, "only state version 1");
    uint64_t wanted = form == MNEME_STATE_COMPACT ? sizeof(float) : sizeof(state);
    if (length != wanted) return fixture_fail(error, MNEME_STATE, "the state has another length");
    state *s = (state *)session;
    if (form == MNEME_STATE_COMPACT) {
        memset(s, 0, sizeof *s);
        memcpy(&s->trace, bytes, sizeof(float));
    } else {
        memcpy(s, bytes, sizeof *s);
    }
    if (!(s->trace > -1e30f && s->trace < 1e30f)) return fixture_fail(error, MNEME_STATE, "the trace isn't finite");
    return MNEME_OK;
}
