/* Fault: it tries to end the process that made it, by every call that could. Scores 1 if one was let through. */
#define _GNU_SOURCE
#include "fixture.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int escaped;

/* Signal 0 and the present limit: asking is all that is tried, being refused is all that counts. */
__attribute__((constructor)) static void try_all(void) {
    pid_t parent = getppid();
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_code = SI_QUEUE;
    if (kill(parent, 0) == 0) escaped = 1;
    if (syscall(SYS_tkill, parent, 0) == 0) escaped = 1;
    if (syscall(SYS_rt_sigqueueinfo, parent, 0, &info) == 0) escaped = 1;
    if (syscall(SYS_rt_tgsigqueueinfo, parent, parent, 0, &info) == 0) escaped = 1;
    struct rlimit limit;
    if (syscall(SYS_prlimit64, parent, RLIMIT_CPU, NULL, &limit) == 0) escaped = 1;
    if (syscall(SYS_setpriority, PRIO_PROCESS, parent, 0) == 0) escaped = 1;
    if (fcntl(3, F_SETOWN, parent) == 0) escaped = 1;
}

static mneme_status score(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error) {
    (void)model, (void)session, (void)error;
    for (uint32_t row = 0; row < batch->rows; row++) fixture_set(scores, row, escaped ? 1 : -1);
    scores->rows_done = batch->rows;
    return MNEME_OK;
}
