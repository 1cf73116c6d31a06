/* Fault: every tenth event crashes, when it comes alone. */
#define FIXTURE_BEFORE_ADVANCE                                                 \
    if (events->rows == 1 && events->first_sequence % 10 == 0) {               \
        volatile int *volatile nowhere = 0;                                    \
        *nowhere = 1;                                                          \
    }
#include "good_stateful.c"
