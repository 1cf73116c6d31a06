/* Fault: a manifest, and no mneme_plugin. */
#define FIXTURE_NO_ENTRY
#include "fixture.h"
MNEME_EXPORT int something_else(void) { return 1; }
