/*
 * fixture.h: what every fixture shares, so that each file shows only its fault. Define before including:
 *   FIXTURE_MANIFEST   the whole manifest; FIXTURE_NO_MANIFEST for none
 *   FIXTURE_TABLE_ID, FIXTURE_TABLE_VERSION, FIXTURE_MAGIC, FIXTURE_SIZE, FIXTURE_MAJOR, FIXTURE_MINOR
 * and write `score`; FIXTURE_CREATE names another `create`, FIXTURE_OWN_MODEL says that its model isn't a
 * fixture_model, FIXTURE_DESTROY another `destroy`, FIXTURE_SLOTS further slots of the table, FIXTURE_RAW_SCORE
 * that `score` is called whatever the batch says.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "mneme_plugin.h"
#include <stdlib.h>
#include <string.h>

#ifndef FIXTURE_TABLE_ID
#define FIXTURE_TABLE_ID "fixture"
#endif
#ifndef FIXTURE_VERSION
#define FIXTURE_VERSION "1.0.0"
#endif
#ifndef FIXTURE_TABLE_VERSION
#define FIXTURE_TABLE_VERSION FIXTURE_VERSION
#endif
#ifndef FIXTURE_MAGIC
#define FIXTURE_MAGIC MNEME_MAGIC
#endif
#ifndef FIXTURE_SIZE
#define FIXTURE_SIZE sizeof(mneme_plugin_table)
#endif
#ifndef FIXTURE_MAJOR
#define FIXTURE_MAJOR MNEME_ABI_MAJOR
#endif
#ifndef FIXTURE_MINOR
#define FIXTURE_MINOR MNEME_ABI_MINOR
#endif
#ifndef FIXTURE_CREATE
#define FIXTURE_CREATE fixture_create
#endif
#ifndef FIXTURE_EXTRA
#define FIXTURE_EXTRA ""
#endif
#ifndef FIXTURE_INPUTS
#define FIXTURE_INPUTS "{\"row_columns\":[{\"name\":\"a@1\",\"monotone\":true},{\"name\":\"b@1\"},{\"name\":\"c@1\",\"required\":false}]}"
#endif
#ifndef FIXTURE_ABI
#define FIXTURE_ABI "{\"major\":1,\"minor\":0}"
#endif
#ifndef FIXTURE_SCALE
#define FIXTURE_SCALE "logit"
#endif
#ifndef FIXTURE_SCOPE
#define FIXTURE_SCOPE "row"
#endif
#ifndef FIXTURE_MANIFEST
#define FIXTURE_MANIFEST                                                                             \
    "{\"manifest\":1,\"id\":\"fixture\",\"version\":\"" FIXTURE_VERSION "\",\"abi\":" FIXTURE_ABI ",\"scope\":\"" FIXTURE_SCOPE "\","    \
    "\"concurrent\":true,\"inputs\":" FIXTURE_INPUTS ","                                            \
    "\"heads\":[{\"name\":\"relevance\",\"over\":\"candidate\",\"scale\":\"" FIXTURE_SCALE "\"}]" FIXTURE_EXTRA "}"
#endif

#ifndef FIXTURE_NO_MANIFEST
MNEME_PLUGIN_MANIFEST(FIXTURE_MANIFEST);
#endif

typedef struct fixture_model {
    uint64_t schema;
} fixture_model;

/* Says what went wrong, as the header asks. */
static inline mneme_status fixture_fail(mneme_error *error, mneme_status status, const char *message) {
    error->code = status;
    strncpy(error->message, message, sizeof error->message - 1);
    error->message[sizeof error->message - 1] = 0;
    return status;
}

static inline mneme_status fixture_create(const mneme_config *config, const mneme_host *host,
                                          mneme_info *info, mneme_model **model, mneme_error *error) {
    (void)host;
    fixture_model *made = (fixture_model *)calloc(1, sizeof *made);
    if (made == NULL) return fixture_fail(error, MNEME_MEMORY, "no memory for the model");
    made->schema = config->schema;
    info->heads = 1;
    *model = (mneme_model *)made;
    return MNEME_OK;
}

static inline void fixture_destroy(mneme_model *model) { free(model); }

static inline float fixture_feature(const mneme_batch *batch, uint32_t row, uint32_t column) {
    const char *line = (const char *)batch->row_features.data + (size_t)row * batch->row_features.stride;
    return ((const float *)line)[column];
}

static inline void fixture_set(mneme_scores *scores, uint32_t row, float value) {
    ((float *)scores->values.data)[row] = value;
}

#ifndef FIXTURE_NO_ENTRY
static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error);

#ifdef FIXTURE_SESSIONS
static mneme_status fixture_open(mneme_model *model, uint64_t key, mneme_session **session, mneme_error *error);
static void fixture_close(mneme_model *model, mneme_session *session);
static mneme_status fixture_advance(mneme_model *model, mneme_session *session, const mneme_events *events, mneme_error *error);
static mneme_status fixture_export(mneme_model *model, mneme_session *session, int32_t form, void *out, uint64_t capacity,
                                   uint64_t *length, mneme_error *error);
static mneme_status fixture_import(mneme_model *model, mneme_session *session, int32_t form, uint32_t state_version,
                                   const void *bytes, uint64_t length, mneme_error *error);
#endif

/* What every scorer owes: a batch of another schema is refused. */
static inline mneme_status fixture_score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                                         mneme_scores *scores, mneme_error *error) {
#ifndef FIXTURE_RAW_SCORE
#ifndef FIXTURE_OWN_MODEL
    if (batch->schema != ((const fixture_model *)model)->schema)
        return fixture_fail(error, MNEME_SCHEMA, "the batch has another schema than create was given");
#endif
    if (mneme_cancelled(batch)) return MNEME_CANCELLED;
#endif
    return score(model, session, batch, scores, error);
}

#ifndef FIXTURE_DESTROY
#define FIXTURE_DESTROY fixture_destroy
#endif
#ifndef FIXTURE_SLOTS
#define FIXTURE_SLOTS
#endif

static const mneme_plugin_table fixture_table = {
    .magic = FIXTURE_MAGIC,
    .struct_size = FIXTURE_SIZE,
    .abi_major = FIXTURE_MAJOR,
    .abi_minor = FIXTURE_MINOR,
    .id = FIXTURE_TABLE_ID,
    .version = FIXTURE_TABLE_VERSION,
    .create = FIXTURE_CREATE,
    .destroy = FIXTURE_DESTROY,
    .score = fixture_score,
    FIXTURE_SLOTS
#ifdef FIXTURE_SESSIONS
    .session_open = fixture_open,
    .session_close = fixture_close,
    .advance = fixture_advance,
    .export_state = fixture_export,
    .import_state = fixture_import,
#endif
};

MNEME_EXPORT const mneme_plugin_table *mneme_plugin(void) { return &fixture_table; }
#endif

#endif
