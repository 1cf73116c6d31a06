import Glibc
import Platform

/// Two walls before the library is loaded, a narrower one once its model is made (abi-decisions 28).
enum Sandbox {
    static let landlock: UInt32 = 1
    static let firstFilter: UInt32 = 2
    static let secondFilter: UInt32 = 4
    /// O_PATH of fcntl.h, which Glibc's module doesn't show: 010000000.
    private static let pathOnly: Int32 = 0o10000000

    /// Reading some folders, writing nothing, no network, no other processes. Returns the walls that stand.
    static func enterBeforeLoading(readable: [String], isStrict: Bool) -> UInt32 {
        guard platform_no_new_privileges() == 0 else { return 0 }
        var walls: UInt32 = 0
        if restrictFiles(readable) { walls |= landlock }
        if install(.beforeLoading(ownPID: getpid(), isStrict: isStrict)) { walls |= firstFilter }
        return walls
    }

    /// Computing and waiting, and nothing else.
    static func enterBeforeServing(allowsThreads: Bool, isStrict: Bool) -> UInt32 {
        install(.beforeServing(ownPID: getpid(), allowsThreads: allowsThreads, isStrict: isStrict)) ? secondFilter : 0
    }

    private static func install(_ filter: CallFilter) -> Bool {
        filter.program.withUnsafeBufferPointer { platform_seccomp($0.baseAddress, UInt16($0.count), 1) == 0 }
    }

    private static func restrictFiles(_ readable: [String]) -> Bool {
        let abi = platform_landlock_abi()
        guard abi > 0 else { return false }
        // Rights of ABI 1 (bits 0–12), 2 adds bit 13, 3 bit 14, 5 bit 15: all are handled, so all are denied.
        var handled: UInt64 = 0x1FFF
        if abi >= 2 { handled |= 1 << 13 }
        if abi >= 3 { handled |= 1 << 14 }
        if abi >= 5 { handled |= 1 << 15 }
        let ruleset = platform_landlock_ruleset(handled)
        guard ruleset >= 0 else { return false }
        defer { close(ruleset) }
        // Execute (1), read file (4), read folder (8): what the dynamic loader does.
        for path in readable {
            var status = stat()
            let folder = open(path, Self.pathOnly | O_CLOEXEC)
            guard folder >= 0 else { continue }
            let isFolder = fstat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            _ = platform_landlock_allow(ruleset, folder, isFolder ? 1 | 4 | 8 : 1 | 4)
            close(folder)
        }
        return platform_landlock_enforce(ruleset) == 0
    }
}

/// A program of classic BPF over the number and first arguments of a system call.
struct CallFilter {
    private(set) var program: [platform_bpf] = []
    private let refusal: UInt32

    private enum Code {
        static let load: UInt16 = 0x20
        static let jumpEqual: UInt16 = 0x15
        static let jumpAtLeast: UInt16 = 0x35
        static let jumpSet: UInt16 = 0x45
        static let answer: UInt16 = 0x06
    }
    private static let allow: UInt32 = 0x7FFF_0000
    private static let killProcess: UInt32 = 0x8000_0000
    private static let trap: UInt32 = 0x0003_0000
    private static func fail(_ code: Int32) -> UInt32 { 0x0005_0000 | UInt32(code) }
    private static let numberAt: UInt32 = 0
    private static let architectureAt: UInt32 = 4
    /// Low half of argument `index`: little-endian machines only, as the whole of Mneme.
    private static func argumentAt(_ index: Int) -> UInt32 { UInt32(16 + 8 * index) }

    private init(isStrict: Bool) {
        // Strict: a SIGSYS that the diagnosis turns into the call's number; without a handler it ends the process.
        refusal = isStrict ? Self.trap : Self.fail(EPERM)
        add(Code.load, Self.architectureAt)
        add(Code.jumpEqual, UInt32(truncatingIfNeeded: CALL_ARCHITECTURE), 1, 0)
        add(Code.answer, Self.killProcess)
        add(Code.load, Self.numberAt)
        // x32 numbers would pass by every comparison.
        add(Code.jumpAtLeast, 0x4000_0000, 0, 1)
        add(Code.answer, Self.killProcess)
    }

    private mutating func add(_ code: UInt16, _ k: UInt32, _ yes: UInt8 = 0, _ no: UInt8 = 0) {
        program.append(platform_bpf(code: code, jump_true: yes, jump_false: no, k: k))
    }

    private mutating func answer(_ call: PlatformCall, _ answer: UInt32) {
        guard let number = call.number else { return }
        add(Code.jumpEqual, number, 0, 1)
        add(Code.answer, answer)
    }

    /// If it is `call`: `yes` where the masked or compared argument holds, else `no`.
    private mutating func answer(
        _ call: PlatformCall, argument: Int, _ test: UInt16, _ value: UInt32, yes: UInt32, no: UInt32
    ) {
        guard let number = call.number else { return }
        add(Code.jumpEqual, number, 0, 4)
        add(Code.load, Self.argumentAt(argument))
        add(test, value, 0, 1)
        add(Code.answer, yes)
        add(Code.answer, no)
    }

    private mutating func addOwnSignals(_ pid: Int32) {
        for call in [PlatformCall(CALL_tgkill), PlatformCall(CALL_kill)] {
            answer(call, argument: 0, Code.jumpEqual, UInt32(pid), yes: Self.allow, no: refusal)
        }
    }

    private static let threadFlag: UInt32 = 0x10000  // CLONE_THREAD
    private static let executable: UInt32 = 4  // PROT_EXEC

    static func beforeLoading(ownPID: Int32, isStrict: Bool) -> CallFilter {
        var filter = CallFilter(isStrict: isStrict)
        filter.addOwnSignals(ownPID)
        // ENOSYS, so that glibc falls back to clone, whose flags can be looked at.
        filter.answer(PlatformCall(CALL_clone3), fail(ENOSYS))
        filter.answer(
            PlatformCall(CALL_clone), argument: 0, Code.jumpSet, threadFlag, yes: allow, no: filter.refusal)
        // Limits of this process may be asked for and lowered, nobody else's: 0 means oneself.
        filter.answer(PlatformCall(CALL_prlimit64), argument: 0, Code.jumpEqual, 0, yes: allow, no: filter.refusal)
        // From 8 on: F_SETOWN and its like, which have signals sent to whom they name.
        filter.answer(PlatformCall(CALL_fcntl), argument: 1, Code.jumpAtLeast, 8, yes: filter.refusal, no: allow)
        for call in [
            CALL_socket, CALL_socketpair, CALL_connect, CALL_bind, CALL_listen, CALL_accept, CALL_accept4, CALL_execve, CALL_execveat,
            CALL_fork, CALL_vfork, CALL_ptrace, CALL_process_vm_readv, CALL_process_vm_writev, CALL_tkill, CALL_pidfd_open,
            CALL_pidfd_getfd, CALL_pidfd_send_signal, CALL_bpf, CALL_mount, CALL_umount2, CALL_unshare, CALL_setns, CALL_chroot,
            CALL_pivot_root, CALL_keyctl, CALL_perf_event_open, CALL_userfaultfd, CALL_io_uring_setup, CALL_open_by_handle_at,
            // Other ways to end, slow down or look into a process of the same user.
            CALL_rt_sigqueueinfo, CALL_rt_tgsigqueueinfo, CALL_setpriority, CALL_sched_setscheduler, CALL_sched_setattr,
            CALL_process_madvise, CALL_kcmp, CALL_init_module, CALL_finit_module, CALL_delete_module, CALL_kexec_load, CALL_reboot, CALL_fanotify_init,
        ] { filter.answer(PlatformCall(call), filter.refusal) }
        filter.add(Code.answer, allow)
        return filter
    }

    static func beforeServing(ownPID: Int32, allowsThreads: Bool, isStrict: Bool) -> CallFilter {
        var filter = CallFilter(isStrict: isStrict)
        filter.addOwnSignals(ownPID)
        for call in [CALL_mmap, CALL_mprotect] {
            filter.answer(PlatformCall(call), argument: 2, Code.jumpSet, executable, yes: filter.refusal, no: allow)
        }
        if allowsThreads {
            filter.answer(PlatformCall(CALL_clone3), fail(ENOSYS))
            filter.answer(
                PlatformCall(CALL_clone), argument: 0, Code.jumpSet, threadFlag, yes: allow, no: filter.refusal)
        }
        // Standard error is /dev/null or the operator's terminal.
        filter.answer(PlatformCall(CALL_write), argument: 0, Code.jumpEqual, 2, yes: allow, no: filter.refusal)
        for call in [
            CALL_futex, CALL_clock_gettime, CALL_clock_getres, CALL_clock_nanosleep, CALL_nanosleep, CALL_gettimeofday, CALL_munmap,
            CALL_mremap, CALL_madvise, CALL_brk, CALL_exit, CALL_exit_group, CALL_rt_sigreturn, CALL_rt_sigaction,
            CALL_rt_sigprocmask, CALL_sigaltstack, CALL_sched_yield, CALL_sched_getaffinity, CALL_getpid, CALL_getppid, CALL_gettid,
            CALL_getrandom, CALL_set_robust_list, CALL_rseq, CALL_membarrier, CALL_restart_syscall, CALL_getcpu, CALL_uname,
            CALL_sysinfo, CALL_getrusage,
        ] { filter.answer(PlatformCall(call), allow) }
        filter.add(Code.answer, filter.refusal)
        return filter
    }
}

/// A system call's number; nil = this architecture lacks it.
private struct PlatformCall {
    let number: UInt32?

    init(_ constant: Int) { number = constant < 0 ? nil : UInt32(constant) }
}
