/*
 * syscalls.h: numbers of this machine's system calls, for the worker's filters. Calls that an architecture lacks
 * have the number -1.
 */
#ifndef MNEME_SYSCALLS_H
#define MNEME_SYSCALLS_H

#include <sys/syscall.h>

enum {
    CALL_accept = SYS_accept, CALL_accept4 = SYS_accept4, CALL_bind = SYS_bind, CALL_bpf = SYS_bpf, CALL_brk = SYS_brk,
    CALL_chroot = SYS_chroot, CALL_clock_getres = SYS_clock_getres, CALL_clock_gettime = SYS_clock_gettime,
    CALL_clock_nanosleep = SYS_clock_nanosleep, CALL_clone = SYS_clone, CALL_clone3 = 435, CALL_close = SYS_close,
    CALL_connect = SYS_connect, CALL_delete_module = SYS_delete_module, CALL_execve = SYS_execve, CALL_execveat = SYS_execveat,
    CALL_exit = SYS_exit, CALL_exit_group = SYS_exit_group, CALL_fanotify_init = SYS_fanotify_init, CALL_finit_module = SYS_finit_module,
    CALL_rt_sigqueueinfo = SYS_rt_sigqueueinfo, CALL_rt_tgsigqueueinfo = SYS_rt_tgsigqueueinfo, CALL_prlimit64 = SYS_prlimit64,
    CALL_setpriority = SYS_setpriority, CALL_sched_setscheduler = SYS_sched_setscheduler, CALL_sched_setattr = SYS_sched_setattr,
    CALL_fcntl = SYS_fcntl, CALL_process_madvise = 440, CALL_kcmp = SYS_kcmp,
    CALL_futex = SYS_futex, CALL_getcpu = SYS_getcpu, CALL_getpid = SYS_getpid, CALL_getppid = SYS_getppid,
    CALL_getrandom = SYS_getrandom, CALL_getrusage = SYS_getrusage, CALL_gettid = SYS_gettid, CALL_gettimeofday = SYS_gettimeofday,
    CALL_init_module = SYS_init_module, CALL_io_uring_setup = 425, CALL_kexec_load = SYS_kexec_load, CALL_keyctl = SYS_keyctl,
    CALL_kill = SYS_kill, CALL_listen = SYS_listen, CALL_madvise = SYS_madvise, CALL_membarrier = SYS_membarrier, CALL_mmap = SYS_mmap,
    CALL_mount = SYS_mount, CALL_mprotect = SYS_mprotect, CALL_mremap = SYS_mremap, CALL_munmap = SYS_munmap,
    CALL_nanosleep = SYS_nanosleep, CALL_openat = SYS_openat, CALL_open_by_handle_at = SYS_open_by_handle_at, CALL_perf_event_open = SYS_perf_event_open,
    CALL_pidfd_getfd = 438, CALL_pidfd_open = 434, CALL_pidfd_send_signal = 424, CALL_pivot_root = SYS_pivot_root, CALL_prctl = SYS_prctl,
    CALL_process_vm_readv = SYS_process_vm_readv, CALL_process_vm_writev = SYS_process_vm_writev, CALL_ptrace = SYS_ptrace,
    CALL_reboot = SYS_reboot, CALL_restart_syscall = SYS_restart_syscall, CALL_rseq = 334, CALL_rt_sigaction = SYS_rt_sigaction,
    CALL_rt_sigprocmask = SYS_rt_sigprocmask, CALL_rt_sigreturn = SYS_rt_sigreturn, CALL_sched_getaffinity = SYS_sched_getaffinity,
    CALL_sched_yield = SYS_sched_yield, CALL_set_robust_list = SYS_set_robust_list, CALL_setns = SYS_setns,
    CALL_sigaltstack = SYS_sigaltstack, CALL_socket = SYS_socket, CALL_socketpair = SYS_socketpair, CALL_sysinfo = SYS_sysinfo,
    CALL_tgkill = SYS_tgkill, CALL_tkill = SYS_tkill, CALL_umount2 = SYS_umount2, CALL_uname = SYS_uname, CALL_unshare = SYS_unshare,
    CALL_userfaultfd = SYS_userfaultfd, CALL_write = SYS_write,
#ifdef SYS_fork
    CALL_fork = SYS_fork, CALL_vfork = SYS_vfork, CALL_open = SYS_open,
#else
    CALL_fork = -1, CALL_vfork = -1, CALL_open = -1,
#endif
#if defined(__x86_64__)
    CALL_ARCHITECTURE = (int)0xC000003Eu
#else
    CALL_ARCHITECTURE = (int)0xC00000B7u
#endif
};

#endif /* MNEME_SYSCALLS_H */
