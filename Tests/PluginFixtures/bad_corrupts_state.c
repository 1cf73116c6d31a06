/* Fault: an imported state is not the one that was exported. */
#define SESSION_IMPORT_CORRUPTS
#include "session.h"
