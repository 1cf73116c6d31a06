/* SwiftPM builds a C target only if it has a source; the room is the header. */
#include "platform.h"
