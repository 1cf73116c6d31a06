import Glibc
import Platform
import Wire

/// What a diagnosed worker says with its last breath: where the crash was, or which system call was refused.
///
/// Runs in a signal handler: plain memory only, all of it made beforehand.
enum Diagnosis {
    private struct Range {
        var start: UInt = 0
        var end: UInt = 0
        var place: UInt32 = 0
        var index: UInt32 = 0
    }

    private struct State {
        var page: UnsafeMutablePointer<mneme_worker_page>?
        var ranges: UnsafeMutablePointer<Range>?
        var count = 0
        /// Ranges before this one stay for the life of the process.
        var fixed = 0
        var host: (start: UInt, end: UInt) = (0, 0)
        var stack: (start: UInt, end: UInt) = (0, 0)
    }

    private static let capacity = 64
    // nonisolated(unsafe): written by the one thread that answers the host, read by a handler that ends the process.
    nonisolated(unsafe) private static var state = State()
    private static let alternateBytes = 65_536

    static func install(page: UnsafeMutablePointer<mneme_worker_page>, host: SharedRegion) {
        state.page = page
        state.ranges = .allocate(capacity: capacity)
        state.ranges?.initialize(repeating: Range(), count: capacity)
        state.host = (UInt(bitPattern: host.base), UInt(bitPattern: host.base) + UInt(host.byteCount))
        var here = 0
        let top = withUnsafeBytes(of: &here) { UInt(bitPattern: $0.baseAddress) }
        // 8 MiB below this frame and the guard gap beneath them: where a main thread's stack ends.
        state.stack = (top - (16 << 20), top)
        var alternate = stack_t()
        alternate.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: alternateBytes, alignment: 64)
        alternate.ss_size = alternateBytes
        sigaltstack(&alternate, nil)
        var action = sigaction()
        action.__sigaction_handler.sa_sigaction = { signal, info, _ in Diagnosis.tell(signal, info) }
        action.sa_flags = SA_SIGINFO | Int32(bitPattern: UInt32(SA_ONSTACK)) | Int32(bitPattern: UInt32(SA_RESETHAND))
        for signal in [SIGSEGV, SIGBUS, SIGSYS] { sigaction(signal, &action, nil) }
    }

    /// A guard page: who touches it ran past the end of what lies before it.
    static func note(_ start: UnsafeRawPointer, _ bytes: Int, isStruct: Bool, index: Int) {
        guard let ranges = state.ranges, state.count < capacity else { return }
        let first = UInt(bitPattern: start)
        let place = UInt32(isStruct ? MNEME_FAULT_STRUCT : MNEME_FAULT_ROWS)
        ranges[state.count] = Range(start: first, end: first + UInt(bytes), place: place, index: UInt32(index))
        state.count += 1
        if isStruct { state.fixed = state.count }
    }

    static func forgetRows() { state.count = state.fixed }

    private static func tell(_ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?) {
        guard let page = state.page, let info else { return }
        // siginfo_t: the union behind three ints and a pad; si_addr is its first word, si_syscall the int behind it.
        let union = UnsafeRawPointer(info) + 16
        if signal == SIGSYS {
            page.pointee.fault_index = UInt32(bitPattern: (union + 8).load(as: Int32.self))
            page.pointee.fault_place = UInt32(MNEME_FAULT_CALL)
            // The answer of a refused call is not wanted: it would look as if the plugin had coped.
            _exit(159)
        }
        locate(union.load(as: UInt.self), page)
        // SA_RESETHAND: the faulting instruction runs again and ends the process by the signal itself.
    }

    private static func locate(_ address: UInt, _ page: UnsafeMutablePointer<mneme_worker_page>) {
        page.pointee.fault_place = UInt32(MNEME_FAULT_ELSEWHERE)
        if let ranges = state.ranges {
            for index in 0..<state.count where address >= ranges[index].start && address < ranges[index].end {
                page.pointee.fault_place = ranges[index].place
                page.pointee.fault_index = ranges[index].index
                return
            }
        }
        if address >= state.host.start && address < state.host.end {
            page.pointee.fault_place = UInt32(MNEME_FAULT_INPUT)
        } else if address >= state.stack.start && address < state.stack.end {
            page.pointee.fault_place = UInt32(MNEME_FAULT_STACK)
        }
    }
}
