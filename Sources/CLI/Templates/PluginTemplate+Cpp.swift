extension PluginTemplate {
    var cppFiles: [File] {
        [
            File(path: "scorer.cpp", text: cppSource), Self.header, Self.exports,
            File(path: "Makefile", text: cppMakefile),
        ]
    }

    private var cppSource: String {
        #"""
        // \#(name): text match plus importance. mneme_plugin.h is the manual.
        #include "mneme_plugin.h"

        #include <cstddef>
        #include <cstdint>
        #include <cstring>
        #include <exception>
        #include <new>

        #define ID "\#(name)"
        #define VERSION "\#(Self.version)"

        \#(cManifest)

        namespace {

        struct Scorer {
            std::uint64_t schema;
            float weight;
            int text, importance;  // where a column stands in a row; -1 = this host does not offer it
        };

        mneme_status fail(mneme_error *error, mneme_status status, const char *message) noexcept {
            // Fields, never a whole struct: a newer host's is longer.
            error->code = status;
            std::strncpy(error->message, message, sizeof error->message - 1);
            error->message[sizeof error->message - 1] = 0;
            return status;
        }

        // No exception may leave the library: the host is not C++.
        template <typename Body>
        mneme_status guarded(mneme_error *error, Body body) noexcept {
            try {
                return body();
            } catch (const std::bad_alloc &) {
                return fail(error, MNEME_MEMORY, "no memory");
            } catch (const std::exception &problem) {
                return fail(error, MNEME_INTERNAL, problem.what());
            } catch (...) {
                return fail(error, MNEME_INTERNAL, "an exception of unknown type");
            }
        }

        int place(const mneme_config *config, const char *name) {
            for (std::uint32_t i = 0; i < config->row_column_count; i++)
                if (std::strcmp(config->row_columns[i], name) == 0) return int(i);
            return -1;
        }

        // [load]
        mneme_status create(const mneme_config *config, const mneme_host *, mneme_info *info, mneme_model **model,
                            mneme_error *error) {
            return guarded(error, [&] {
                if (config->option_count != 1) return fail(error, MNEME_OPTION, "one option is needed");
                Scorer made{};
                made.schema = config->schema;
                made.weight = float(config->options[0].number);  // options come in the manifest's order
                made.text = place(config, "text.context@1");
                made.importance = place(config, "memory.importance@1");
                if (made.text < 0) return fail(error, MNEME_SCHEMA, "column text.context@1 is needed and was not sent");
                info->heads = 1;
                info->part_count = 2;
                *model = reinterpret_cast<mneme_model *>(new Scorer(made));
                return mneme_status(MNEME_OK);
            });
        }

        // [load]
        void destroy(mneme_model *model) { delete reinterpret_cast<Scorer *>(model); }

        // [model]: several threads at once, so write nothing but the outputs.
        mneme_status score(mneme_model *model, mneme_session *, const mneme_batch *batch, mneme_scores *scores,
                           mneme_error *error) {
            return guarded(error, [&] {
                const auto &m = *reinterpret_cast<const Scorer *>(model);
                if (batch->schema != m.schema) return fail(error, MNEME_SCHEMA, "the batch has other columns");
                auto *values = static_cast<float *>(scores->values.data);
                for (std::uint32_t row = 0; row < batch->rows; row++) {
                    if (row % 512 == 0 && mneme_cancelled(batch)) {
                        scores->rows_done = row;
                        return mneme_status(MNEME_CANCELLED);
                    }
                    auto *x = reinterpret_cast<const float *>(static_cast<const char *>(batch->row_features.data) +
                                                              std::size_t(row) * batch->row_features.stride);
                    float text = x[m.text];
                    float importance = m.importance < 0 ? 0 : m.weight * x[m.importance];
                    values[row] = text + importance;
                    if (scores->parts.data != nullptr) {
                        auto *parts = reinterpret_cast<float *>(static_cast<char *>(scores->parts.data) +
                                                                std::size_t(row) * scores->parts.stride);
                        parts[0] = text;
                        parts[1] = importance;
                    }
                }
                scores->rows_done = batch->rows;
                return mneme_status(MNEME_OK);
            });
        }

        // Made at compile time: the library has no constructor that could fail.
        constexpr mneme_plugin_table makeTable() {
            mneme_plugin_table table{};
            table.magic = MNEME_MAGIC;
            table.struct_size = sizeof(mneme_plugin_table);
            table.abi_major = MNEME_ABI_MAJOR;
            table.abi_minor = MNEME_ABI_MINOR;
            table.id = ID;
            table.version = VERSION;
            table.create = create;
            table.destroy = destroy;
            table.score = score;
            return table;
        }

        constexpr mneme_plugin_table table = makeTable();

        }  // namespace

        const mneme_plugin_table *mneme_plugin(void) { return &table; }

        """#
    }

    /// Tabs as in the C template.
    private var cppMakefile: String {
        """
        CXXFLAGS ?= -O2 -Wall -Wextra

        # g++ marks statics of inline functions as one per process (GNU_UNIQUE); the host refuses such a library,
        # because two versions of it would share them. clang++ never does it and need not know the flag.
        UNIQUE := $(shell $(CXX) -fno-gnu-unique -E -x c++ /dev/null >/dev/null 2>&1 && echo -fno-gnu-unique)

        \(library): scorer.cpp mneme_plugin.h exports.map
        \t$(CXX) -std=c++17 $(CXXFLAGS) $(UNIQUE) -fPIC -shared -fvisibility=hidden \\
        \t    -Wl,--version-script=exports.map -o $@ $<

        .PHONY: clean
        clean:
        \trm -f \(library)

        """
    }
}
