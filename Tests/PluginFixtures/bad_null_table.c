/* Fault: the entry returns null. */
#define FIXTURE_NO_ENTRY
#include "fixture.h"

MNEME_EXPORT const mneme_plugin_table *mneme_plugin(void) { return NULL; }
