/*
 * One C scorer that misbehaves as told by -D: each build of it is a real bad plugin.
 * Without any -D it is a good one: score = column 0.
 */
#include "mneme_plugin.h"

#include <string.h>
#include <unistd.h>

#ifndef NOTE_ID
#define NOTE_ID "fixture"
#endif
#ifndef COLUMN
#define COLUMN "text.context@1"
#endif

#if defined(BROKEN_NOTE)
MNEME_PLUGIN_MANIFEST("{\"manifest\": 1, ");
#elif !defined(NO_NOTE)
MNEME_PLUGIN_MANIFEST("{\"manifest\": 1, \"id\": \"" NOTE_ID "\", \"version\": \"1.0.0\", \"abi\": {\"major\": 1, \"minor\": 0}, \"scope\": \"row\","
                      "\"inputs\": {\"row_columns\": [{\"name\": \"" COLUMN "\", \"required\": true}]},"
                      "\"heads\": [{\"name\": \"relevance\", \"over\": \"candidate\", \"scale\": \"rank-only\"}],"
                      "\"options\": {\"weight\": {\"type\": \"number\", \"default\": 1, \"min\": 0, \"max\": 2}}}");
#endif

static char model_memory;

static mneme_status create(const mneme_config *config, const mneme_host *host, mneme_info *info, mneme_model **model,
                           mneme_error *error) {
    (void)config, (void)host, (void)info, (void)error;
#ifdef CREATE_FAILS
    error->code = MNEME_ASSET;
    strcpy(error->message, "the weights are for 17 columns, 1 came");
    return MNEME_ASSET;
#endif
    *model = (mneme_model *)&model_memory;
    return MNEME_OK;
}

static void destroy(mneme_model *model) { (void)model; }

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch, mneme_scores *scores,
                          mneme_error *error) {
    (void)model, (void)session, (void)error;
#ifdef SCORE_FAILS
    error->code = MNEME_INTERNAL;
    strcpy(error->message, "the model is tired");
    return MNEME_INTERNAL;
#endif
#ifdef HANGS
    for (;;) pause();
#endif
#ifdef SLOW
    usleep(20000);
#endif
#if defined(CHANGES_FLOAT_MODE) && defined(__x86_64__)
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040u);
#endif
    float *out = scores->values.data;
    uint8_t *status = scores->row_status.data;
    (void)status;
    for (uint32_t r = 0; r < batch->rows; r++) {
        const float *row = (const float *)((const char *)batch->row_features.data + (size_t)r * batch->row_features.stride);
#if defined(WRITES_NAN)
        out[r] = r == 1 ? __builtin_nanf("") : row[0];
#elif defined(LEAVES_ROWS)
        if (r != 1) out[r] = row[0];
#elif defined(ABSTAINS)
        if (r == 1) status[r] = MNEME_ROW_ABSTAIN;
        else out[r] = row[0];
#else
        out[r] = row[0];
#endif
    }
#ifdef LIES_ABOUT_ROWS
    scores->rows_done = batch->rows + 7;
#else
    scores->rows_done = batch->rows;
#endif
    return MNEME_OK;
}

#ifndef TABLE_ID
#define TABLE_ID NOTE_ID
#endif
#ifndef MAJOR
#define MAJOR MNEME_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR MNEME_ABI_MINOR
#endif
#ifndef MAGIC
#define MAGIC MNEME_MAGIC
#endif
#ifndef TABLE_SIZE
#define TABLE_SIZE sizeof(mneme_plugin_table)
#endif

static const mneme_plugin_table table = {
    .magic = MAGIC, .struct_size = TABLE_SIZE, .abi_major = MAJOR, .abi_minor = MINOR,
    .id = TABLE_ID, .version = "1.0.0", .create = create, .destroy = destroy, .score = score,
};

#ifdef NO_SYMBOL
MNEME_EXPORT const void *some_other_function(void) { return &table; }
#else
MNEME_EXPORT const mneme_plugin_table *mneme_plugin(void) { return &table; }
#endif
