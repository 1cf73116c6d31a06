// Fault: the table is an inline variable (STB_GNU_UNIQUE): the second file of it is served by the first one's code.
#include "mneme_plugin.h"
#include <cstring>
MNEME_PLUGIN_MANIFEST("{\"manifest\":1,\"id\":\"fixture\",\"version\":\"1.0.0\",\"abi\":{\"major\":1,\"minor\":0},"
    "\"scope\":\"row\",\"inputs\":{},\"heads\":[{\"name\":\"relevance\",\"over\":\"candidate\",\"scale\":\"logit\"}]}");
static char model_memory;
static mneme_status create(const mneme_config *, const mneme_host *, mneme_info *, mneme_model **model, mneme_error *) {
    *model = reinterpret_cast<mneme_model *>(&model_memory);
    return MNEME_OK;
}
static void destroy(mneme_model *) {}
static mneme_status score(mneme_model *, mneme_session *, const mneme_batch *, mneme_scores *scores, mneme_error *) {
    scores->rows_done = 0;
    return MNEME_OK;
}
template <class T> struct Shared {
    static inline mneme_plugin_table table = {MNEME_MAGIC, sizeof(mneme_plugin_table), 1, 0, "fixture", "1.0.0", create, destroy,
                                              nullptr, nullptr, nullptr, score, nullptr, nullptr, nullptr};
};
extern "C" MNEME_EXPORT const mneme_plugin_table *mneme_plugin(void) { return &Shared<int>::table; }
