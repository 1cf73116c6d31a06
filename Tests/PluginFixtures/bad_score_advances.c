/* Fault: score changes the session. */
#define SESSION_SCORE_ADVANCES
#include "session.h"
