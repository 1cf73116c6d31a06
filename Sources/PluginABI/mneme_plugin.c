/* SwiftPM builds a C target only if it has a source; the contract is the header. */
#include "mneme_plugin.h"
