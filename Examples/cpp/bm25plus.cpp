// bm25plus.cpp: reranks by the words that the query and a row's text share, with BM25+ (Lv & Zhai, CIKM 2011).
//
// What BM25+ adds to BM25 is `delta`: a long text that has a word is always worth more than one without it.
//
// Scope "row": a score depends on its row and the query, never on other rows. So there is no document frequency
// and no average length of this batch here: both would change with the rows that happen to come along. Words
// weigh alike (those of fewer than `minimumLetters` not at all) and the average length is an option. The host's
// `text.context@1`, which does know the whole store, is added as the first stage.
#include "mneme_plugin.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#define ID "example-bm25plus"
#define VERSION "1.0.0"

// Both texts are required: without the grants "row-texts" and "query-text" the host refuses to load it, which
// is better than a scorer that loads and has nothing to say.
MNEME_PLUGIN_MANIFEST(
    "{\"manifest\": 1, \"id\": \"" ID "\", \"version\": \"" VERSION "\", \"licence\": \"Apache-2.0\","
    " \"abi\": {\"major\": 1, \"minor\": 0}, \"toolchain\": {\"language\": \"c++\"},"
    " \"scope\": \"row\", \"concurrent\": true, \"deterministic\": true,"
    " \"inputs\": {\"row_columns\": [{\"name\": \"text.context@1\", \"required\": false, \"monotone\": true}],"
    " \"row_texts\": {\"required\": true, \"maxBytes\": 8192}, \"query_text\": {\"required\": true, \"maxBytes\": 2048}},"
    " \"heads\": [{\"name\": \"relevance\", \"over\": \"candidate\", \"scale\": \"rank-only\"}],"
    " \"parts\": [\"text.context@1\", \"bm25plus\"],"
    " \"options\": {"
    "\"k1\": {\"type\": \"number\", \"default\": 0.9, \"min\": 0, \"max\": 10, \"help\": \"how slowly repeats of a word saturate\"}, "
    "\"b\": {\"type\": \"number\", \"default\": 0.3, \"min\": 0, \"max\": 1, \"help\": \"how much a long text is held against it\"}, "
    "\"delta\": {\"type\": \"number\", \"default\": 0.5, \"min\": 0, \"max\": 10, \"help\": \"least worth of a word that is there\"}, "
    "\"averageWords\": {\"type\": \"number\", \"default\": 25, \"min\": 1, \"max\": 100000, \"help\": \"words of a usual text\"}, "
    "\"minimumLetters\": {\"type\": \"integer\", \"default\": 3, \"min\": 1, \"max\": 20, \"help\": \"bytes of the shortest word that counts\"}, "
    "\"firstStageWeight\": {\"type\": \"number\", \"default\": 1, \"min\": 0, \"max\": 100, \"help\": \"weight of text.context@1\"}}}");

namespace {

// Texts are slow compared with columns, so the cancel word is looked at more often than in the C example.
constexpr std::uint32_t rowsBetweenPolls = 256;
constexpr std::uint32_t partCount = 2;
// A query longer than this is a document; the words beyond would cost every row and say little.
constexpr std::size_t maximumTerms = 64;

struct Bm25Plus {
    std::uint64_t schema;
    double k1, b, delta, averageWords, firstStageWeight;
    std::size_t minimumLetters;
    bool hasFirstStage;
};

mneme_status fail(mneme_error *error, mneme_status status, const char *message) noexcept {
    // Fields, never `*error = …`: a newer host's struct may be longer than the one we know.
    error->code = status;
    std::strncpy(error->message, message, sizeof error->message - 1);
    error->message[sizeof error->message - 1] = 0;
    return status;
}

// Every entry goes through here: no exception may leave the library, the host is not C++.
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

// ASCII letters and digits, and every byte of a longer UTF-8 sequence: enough for words in any script that
// puts something between them, and the locale has no say.
bool isWordByte(char byte) {
    auto value = static_cast<unsigned char>(byte);
    return value >= 0x80 || (value >= '0' && value <= '9') || (value >= 'a' && value <= 'z') ||
           (value >= 'A' && value <= 'Z');
}

char lowered(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte; }

template <typename Visit>
void forEachWord(std::string_view text, Visit visit) {
    std::size_t at = 0;
    while (at < text.size()) {
        while (at < text.size() && !isWordByte(text[at])) at++;
        std::size_t start = at;
        while (at < text.size() && isWordByte(text[at])) at++;
        if (at > start) visit(text.substr(start, at - start));
    }
}

std::string_view bytes(const mneme_array &array) {
    return array.data == nullptr
               ? std::string_view()
               : std::string_view(static_cast<const char *>(array.data), std::size_t(array.rows) * array.cols);
}

std::vector<std::string> queryTerms(const Bm25Plus &model, std::string_view query) {
    std::vector<std::string> terms;
    forEachWord(query, [&](std::string_view word) {
        if (word.size() < model.minimumLetters || terms.size() == maximumTerms) return;
        std::string term(word);
        std::transform(term.begin(), term.end(), term.begin(), lowered);
        if (std::find(terms.begin(), terms.end(), term) == terms.end()) terms.push_back(std::move(term));
    });
    return terms;
}

bool isSame(std::string_view word, const std::string &term) {
    return word.size() == term.size() &&
           std::equal(word.begin(), word.end(), term.begin(), [](char a, char b) { return lowered(a) == b; });
}

// Σ over the query's words of (k1 + 1) tf / (k1 (1 − b + b length / average) + tf) + delta.
double bm25plus(const Bm25Plus &model, const std::vector<std::string> &terms, std::string_view text,
                std::vector<std::uint32_t> &counts) {
    std::fill(counts.begin(), counts.end(), 0);
    double length = 0;
    forEachWord(text, [&](std::string_view word) {
        length++;
        for (std::size_t term = 0; term < terms.size(); term++)
            if (isSame(word, terms[term])) counts[term]++;
    });
    double norm = model.k1 * (1 - model.b + model.b * length / model.averageWords);
    double sum = 0;
    for (std::uint32_t count : counts)
        if (count > 0) sum += (model.k1 + 1) * count / (norm + count) + model.delta;
    return sum;
}

// [load]
mneme_status create(const mneme_config *config, const mneme_host *, mneme_info *info, mneme_model **model,
                    mneme_error *error) {
    return guarded(error, [&] {
        if (config->option_count != 6)
            return fail(error, MNEME_OPTION, "the manifest has other options than this library");
        auto *made = new Bm25Plus();
        made->schema = config->schema;
        made->k1 = config->options[0].number;
        made->b = config->options[1].number;
        made->delta = config->options[2].number;
        made->averageWords = config->options[3].number;
        made->minimumLetters = static_cast<std::size_t>(config->options[4].number);
        made->firstStageWeight = config->options[5].number;
        // The only column, and optional: there or not.
        made->hasFirstStage = config->row_column_count == 1;
        info->heads = 1;
        info->inputs = MNEME_INPUT_ROW_TEXTS | MNEME_INPUT_QUERY_TEXT;
        info->part_count = partCount;
        info->nanoseconds_per_row = 2000;
        *model = reinterpret_cast<mneme_model *>(made);
        return mneme_status(MNEME_OK);
    });
}

// [load]
void destroy(mneme_model *model) { delete reinterpret_cast<Bm25Plus *>(model); }

// [model]
mneme_status score(mneme_model *handle, mneme_session *, const mneme_batch *batch, mneme_scores *scores,
                   mneme_error *error) {
    return guarded(error, [&] {
        const auto &model = *reinterpret_cast<const Bm25Plus *>(handle);
        if (batch->schema != model.schema)
            return fail(error, MNEME_SCHEMA, "the batch has other columns than the model was made for");
        if (batch->row_text_offsets.data == nullptr)
            return fail(error, MNEME_INVALID, "no row texts came; grant \"row-texts\" in plugins.json");
        auto terms = queryTerms(model, bytes(batch->query_text));
        std::vector<std::uint32_t> counts(terms.size());
        auto all = bytes(batch->row_text_bytes);
        auto *offsets = static_cast<const std::uint32_t *>(batch->row_text_offsets.data);
        auto *values = static_cast<float *>(scores->values.data);
        for (std::uint32_t row = 0; row < batch->rows; row++) {
            if (row % rowsBetweenPolls == 0 && mneme_cancelled(batch)) {
                scores->rows_done = row;
                return mneme_status(MNEME_CANCELLED);
            }
            float firstStage = 0;
            if (model.hasFirstStage) {
                auto *line = static_cast<const char *>(batch->row_features.data) +
                             std::size_t(row) * batch->row_features.stride;
                firstStage = float(model.firstStageWeight * *reinterpret_cast<const float *>(line));
            }
            auto text = all.substr(offsets[row], offsets[row + 1] - offsets[row]);
            auto words = float(bm25plus(model, terms, text, counts));
            values[row] = firstStage + words;
            if (scores->parts.data != nullptr) {
                auto *parts = reinterpret_cast<float *>(static_cast<char *>(scores->parts.data) +
                                                        std::size_t(row) * scores->parts.stride);
                parts[0] = firstStage;
                parts[1] = words;
            }
        }
        scores->rows_done = batch->rows;
        return mneme_status(MNEME_OK);
    });
}

// Made at compile time: `mneme_plugin` does no work, and the library has no constructor that could fail.
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
