/* Good: the next version of good_stateful, whose state means the same. */
#define FIXTURE_VERSION "2.0.0"
#include "good_stateful.c"
