// Fault: g++ makes the inline static of a template a process-wide symbol (STB_GNU_UNIQUE).
#include "mneme_plugin.h"

template <class T> struct Shared { static inline int counter = 0; };
int touch() { return ++Shared<int>::counter; }

MNEME_PLUGIN_MANIFEST("{\"manifest\":1,\"id\":\"fixture\",\"version\":\"1.0.0\",\"abi\":{\"major\":1,\"minor\":0},"
    "\"scope\":\"row\",\"inputs\":{},\"heads\":[{\"name\":\"relevance\",\"over\":\"candidate\",\"scale\":\"logit\"}]}");

extern "C" MNEME_EXPORT const mneme_plugin_table *mneme_plugin(void) { return touch() ? nullptr : nullptr; }
