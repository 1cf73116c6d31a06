/*
 * logistic.c: a logistic scorer over named columns. The weights are options of plugins.json.
 *
 * The value is the logit, bias + Σ weight · column. The sigmoid would not change the order of the rows, and a
 * logit is what a combiner adds up best, so the manifest says "scale": "logit" and no sigmoid is taken.
 */
#include "mneme_plugin.h"

#include <stdlib.h>
#include <string.h>

/* Once: the manifest quotes them and the table returns them; the host refuses a library where they differ. */
#define ID "example-logistic"
#define VERSION "1.0.0"

/*
 * One line per column: name, option, required, monotone, default weight, least and most weight. The manifest, the
 * options and the parts are all made from it, so they can't disagree.
 *
 * "monotone" promises that more of the column never ranks lower, which is true only because those weights
 * can't be negative. Age is better when there is less of it, so it makes no such promise.
 */
#define COLUMNS(COLUMN, COMMA)                                                                \
    COLUMN("text.coverage@1", "textWeight", "true", "true", "3", "0", "100") COMMA            \
    COLUMN("vector.cosine@1", "vectorWeight", "false", "true", "2", "0", "100") COMMA         \
    COLUMN("memory.importance@1", "importanceWeight", "false", "true", "1", "0", "100") COMMA \
    COLUMN("memory.log_age_days@1", "ageWeight", "false", "false", "-0.2", "-100", "0")

#define AS_COLUMN(name, option, required, monotone, weight, least, most) \
    "{\"name\": \"" name "\", \"required\": " required ", \"monotone\": " monotone "}"
#define AS_OPTION(name, option, required, monotone, weight, least, most)                       \
    "\"" option "\": {\"type\": \"number\", \"default\": " weight ", \"min\": " least ", \"max\": " most \
    ", \"help\": \"weight of " name "\"}"
#define AS_PART(name, option, required, monotone, weight, least, most) "\"" name "\""
#define AS_NAME(name, option, required, monotone, weight, least, most) name
#define IN_JSON ", "
#define IN_C ,

MNEME_PLUGIN_MANIFEST(
    "{\"manifest\": 1, \"id\": \"" ID "\", \"version\": \"" VERSION "\", \"licence\": \"Apache-2.0\","
    " \"abi\": {\"major\": 1, \"minor\": 0}, \"toolchain\": {\"language\": \"c\"},"
    " \"scope\": \"row\", \"concurrent\": true, \"deterministic\": true,"
    " \"inputs\": {\"row_columns\": [" COLUMNS(AS_COLUMN, IN_JSON) "]},"
    " \"heads\": [{\"name\": \"relevance\", \"over\": \"candidate\", \"scale\": \"logit\"}],"
    " \"parts\": [\"bias\", " COLUMNS(AS_PART, IN_JSON) "],"
    " \"options\": {\"bias\": {\"type\": \"number\", \"default\": -2, \"min\": -100, \"max\": 100,"
    " \"help\": \"logit of a row whose columns are all zero\"}, " COLUMNS(AS_OPTION, IN_JSON) "}}");

static const char *const names[] = {COLUMNS(AS_NAME, IN_C)};
enum { COLUMN_COUNT = sizeof names / sizeof *names, PART_COUNT = COLUMN_COUNT + 1 };
/* The host asks for the answer back by setting the cancel word: look at it this often. */
enum { ROWS_BETWEEN_POLLS = 512 };

typedef struct logistic {
    uint64_t schema;
    float bias;
    double weights[COLUMN_COUNT];
    int place[COLUMN_COUNT]; /* where the column stands in a row; -1 = this host does not offer it */
} logistic;

static mneme_status fail(mneme_error *error, mneme_status status, const char *message) {
    /* Fields, never `*error = …`: a newer host's struct may be longer than the one we know. */
    error->code = status;
    strncpy(error->message, message, sizeof error->message - 1);
    error->message[sizeof error->message - 1] = 0;
    return status;
}

/* [load] */
static mneme_status create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                           mneme_model **model, mneme_error *error) {
    (void)host;
    /* Ranges and defaults were checked by the host. The number of options is our own promise. */
    if (config->option_count != PART_COUNT)
        return fail(error, MNEME_OPTION, "the manifest has other options than this library");
    logistic *made = calloc(1, sizeof *made);
    if (made == NULL) return fail(error, MNEME_MEMORY, "no memory for the model");
    made->schema = config->schema;
    made->bias = (float)config->options[0].number;
    for (int column = 0; column < COLUMN_COUNT; column++) {
        made->weights[column] = config->options[column + 1].number;
        made->place[column] = -1;
        for (uint32_t offered = 0; offered < config->row_column_count; offered++)
            if (strcmp(config->row_columns[offered], names[column]) == 0) made->place[column] = (int)offered;
    }
    info->heads = 1;
    info->part_count = PART_COUNT;
    info->nanoseconds_per_row = 10;
    *model = (mneme_model *)made;
    return MNEME_OK;
}

/* [load] */
static void destroy(mneme_model *model) { free(model); }

/* [model], and the manifest says "concurrent": nothing here writes anything but the outputs. */
static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    const logistic *m = (const logistic *)model;
    (void)session;
    if (batch->schema != m->schema)
        return fail(error, MNEME_SCHEMA, "the batch has other columns than the model was made for");
    float *values = scores->values.data;
    for (uint32_t row = 0; row < batch->rows; row++) {
        if (row % ROWS_BETWEEN_POLLS == 0 && mneme_cancelled(batch)) {
            scores->rows_done = row;
            return MNEME_CANCELLED;
        }
        /* Strides are bytes: rows may be padded. size_t, because rows * stride may exceed 32 bits. */
        const float *x = (const float *)((const char *)batch->row_features.data +
                                         (size_t)row * batch->row_features.stride);
        float *parts = scores->parts.data == NULL
                           ? NULL
                           : (float *)((char *)scores->parts.data + (size_t)row * scores->parts.stride);
        double logit = m->bias;
        if (parts != NULL) parts[0] = m->bias;
        for (int column = 0; column < COLUMN_COUNT; column++) {
            /* Rounded before it is added: so the parts add up to the value however large they are. */
            float part = m->place[column] < 0 ? 0 : (float)(m->weights[column] * x[m->place[column]]);
            logit += part;
            if (parts != NULL) parts[column + 1] = part;
        }
        values[row] = (float)logit;
    }
    scores->rows_done = batch->rows;
    return MNEME_OK;
}

static const mneme_plugin_table table = {
    .magic = MNEME_MAGIC,
    .struct_size = sizeof(mneme_plugin_table),
    .abi_major = MNEME_ABI_MAJOR,
    .abi_minor = MNEME_ABI_MINOR,
    .id = ID,
    .version = VERSION,
    .create = create,
    .destroy = destroy,
    .score = score,
};

const mneme_plugin_table *mneme_plugin(void) { return &table; }
