extension PluginTemplate {
    var cFiles: [File] {
        [File(path: "scorer.c", text: cSource), Self.header, File(path: "Makefile", text: cMakefile)]
    }

    /// The manifest as C and C++ write it.
    var cManifest: String {
        #"""
        /* The host acts on every promise here: keep each one true when you change the scorer. */
        MNEME_PLUGIN_MANIFEST(
            "{\"manifest\": 1, \"id\": \"" ID "\", \"version\": \"" VERSION "\","
            " \"abi\": {\"major\": 1, \"minor\": 0}, \"toolchain\": {\"language\": \"\#(language.rawValue)\"},"
            " \"scope\": \"row\", \"concurrent\": true, \"deterministic\": true,"
            " \"inputs\": {\"row_columns\": ["
            "{\"name\": \"text.context@1\", \"required\": true, \"monotone\": true},"
            "{\"name\": \"memory.importance@1\", \"required\": false, \"monotone\": true}]},"
            " \"heads\": [{\"name\": \"relevance\", \"over\": \"candidate\", \"scale\": \"rank-only\"}],"
            " \"parts\": [\"text\", \"importance\"],"
            " \"options\": {\"importanceWeight\": {\"type\": \"number\", \"default\": 1, \"min\": 0, \"max\": 100,"
            " \"help\": \"worth of importance 1\"}}}");
        """#
    }

    private var cSource: String {
        #"""
        /* \#(name): text match plus importance. mneme_plugin.h is the manual. */
        #include "mneme_plugin.h"

        #include <stdlib.h>
        #include <string.h>

        #define ID "\#(name)"
        #define VERSION "\#(Self.version)"

        \#(cManifest)

        typedef struct scorer {
            uint64_t schema;
            float weight;
            int text, importance; /* where a column stands in a row; -1 = this host does not offer it */
        } scorer;

        static mneme_status fail(mneme_error *error, mneme_status status, const char *message) {
            /* Fields, never a whole struct: a newer host's is longer. */
            error->code = status;
            strncpy(error->message, message, sizeof error->message - 1);
            error->message[sizeof error->message - 1] = 0;
            return status;
        }

        static int place(const mneme_config *config, const char *name) {
            for (uint32_t i = 0; i < config->row_column_count; i++)
                if (strcmp(config->row_columns[i], name) == 0) return (int)i;
            return -1;
        }

        /* [load] */
        static mneme_status create(const mneme_config *config, const mneme_host *host, mneme_info *info,
                                   mneme_model **model, mneme_error *error) {
            (void)host;
            if (config->option_count != 1) return fail(error, MNEME_OPTION, "one option is needed");
            scorer *made = calloc(1, sizeof *made);
            if (made == NULL) return fail(error, MNEME_MEMORY, "no memory for the model");
            made->schema = config->schema;
            made->weight = (float)config->options[0].number; /* options come in the manifest's order */
            made->text = place(config, "text.context@1");
            made->importance = place(config, "memory.importance@1");
            if (made->text < 0) {
                free(made);
                return fail(error, MNEME_SCHEMA, "column text.context@1 is needed and was not sent");
            }
            info->heads = 1;
            info->part_count = 2;
            *model = (mneme_model *)made;
            return MNEME_OK;
        }

        /* [load] */
        static void destroy(mneme_model *model) { free(model); }

        /* [model]: several threads at once, so write nothing but the outputs. */
        static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                                  mneme_scores *scores, mneme_error *error) {
            const scorer *m = (const scorer *)model;
            (void)session;
            if (batch->schema != m->schema) return fail(error, MNEME_SCHEMA, "the batch has other columns");
            float *values = scores->values.data;
            for (uint32_t row = 0; row < batch->rows; row++) {
                if (row % 512 == 0 && mneme_cancelled(batch)) {
                    scores->rows_done = row;
                    return MNEME_CANCELLED;
                }
                const float *x = (const float *)((const char *)batch->row_features.data +
                                                 (size_t)row * batch->row_features.stride);
                float text = x[m->text];
                float importance = m->importance < 0 ? 0 : m->weight * x[m->importance];
                values[row] = text + importance;
                if (scores->parts.data != NULL) {
                    float *parts = (float *)((char *)scores->parts.data + (size_t)row * scores->parts.stride);
                    parts[0] = text;
                    parts[1] = importance;
                }
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

        """#
    }

    /// Recipes begin with a tab, written as \t: an editor may turn a real one into spaces.
    private var cMakefile: String {
        """
        CFLAGS ?= -O2 -Wall -Wextra

        \(library): scorer.c mneme_plugin.h
        \t$(CC) -std=c11 $(CFLAGS) -fPIC -shared -fvisibility=hidden -o $@ $< -lm

        .PHONY: clean
        clean:
        \trm -f \(library)

        """
    }
}
