/* Fault: `score` is null. */
#define FIXTURE_NO_ENTRY
#include "fixture.h"

static const mneme_plugin_table table = {
    .magic = MNEME_MAGIC, .struct_size = sizeof(mneme_plugin_table), .abi_major = 1, .id = "fixture",
    .version = "1.0.0", .create = fixture_create, .destroy = fixture_destroy,
};
MNEME_EXPORT const mneme_plugin_table *mneme_plugin(void) { return &table; }
