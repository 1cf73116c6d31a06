#include "heuristic_manifest.h"
#include "mneme_plugin.h"
MNEME_PLUGIN_MANIFEST("{ \"manifest\": 1, \"id\": \"" HEURISTIC_ID "\" }");
