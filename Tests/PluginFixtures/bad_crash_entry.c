/* Fault: the one export crashes. */
#include "mneme_plugin.h"

MNEME_PLUGIN_MANIFEST("{\"manifest\":1,\"id\":\"fixture\",\"version\":\"1.0.0\",\"abi\":{\"major\":1,\"minor\":0},\"scope\":\"row\","
                      "\"inputs\":{\"row_columns\":[{\"name\":\"a@1\"}]},"
                      "\"heads\":[{\"name\":\"relevance\",\"over\":\"candidate\",\"scale\":\"logit\"}]}");

MNEME_EXPORT const mneme_plugin_table *mneme_plugin(void) {
    *(volatile int *)0 = 1;
    return 0;
}
