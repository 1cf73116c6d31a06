/* Fault: export claims more bytes than it was given room for. */
#define SESSION_EXPORT_OVERRUNS
#include "session.h"
