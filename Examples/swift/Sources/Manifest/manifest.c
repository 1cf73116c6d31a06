#include "manifest.h"
#include "mneme_plugin.h"

/*
 * "monotone" on the use columns: their weights can't be negative. Age is a penalty, so it has no such promise.
 * History is optional: without sessions the columns alone decide.
 */
MNEME_PLUGIN_MANIFEST(
    "{\"manifest\": 1, \"id\": \"" SCORER_ID "\", \"version\": \"" SCORER_VERSION "\", \"licence\": \"Apache-2.0\","
    " \"abi\": {\"major\": 1, \"minor\": 0}, \"toolchain\": {\"language\": \"swift\"},"
    " \"scope\": \"row\", \"concurrent\": true, \"deterministic\": true,"
    " \"inputs\": {\"row_columns\": ["
    "{\"name\": \"memory.age_days@1\", \"required\": true},"
    "{\"name\": \"memory.log_access_count@1\", \"required\": false, \"monotone\": true}],"
    " \"history\": {\"required\": false}},"
    " \"heads\": [{\"name\": \"relevance\", \"over\": \"candidate\", \"scale\": \"rank-only\"}],"
    " \"parts\": [\"recency\", \"frequency\", \"session\"],"
    " \"state\": {\"version\": 1, \"compact\": true},"
    " \"options\": {"
    "\"halfLifeDays\": {\"type\": \"number\", \"default\": 30, \"min\": 0.01, \"max\": 100000,"
    " \"help\": \"age at which recency is worth half\"},"
    "\"frequencyWeight\": {\"type\": \"number\", \"default\": 0.25, \"min\": 0, \"max\": 100,"
    " \"help\": \"weight of ln(1 + accesses)\"},"
    "\"sessionWeight\": {\"type\": \"number\", \"default\": 1, \"min\": 0, \"max\": 100,"
    " \"help\": \"weight of ln(1 + what the session remembers)\"},"
    "\"sessionHalfLifeMinutes\": {\"type\": \"number\", \"default\": 60, \"min\": 0.1, \"max\": 1000000,"
    " \"help\": \"how long a session remembers a use\"}}}");
