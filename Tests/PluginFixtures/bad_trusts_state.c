/* Fault: a state is imported without being looked at. */
#define SESSION_IMPORT_TRUSTS
#include "session.h"
