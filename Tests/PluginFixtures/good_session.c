/* Good: a scorer with sessions and state. */
#include "session.h"
