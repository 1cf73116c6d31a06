import Platform
import Synchronization

/// The permanent thread of one watched model: it sleeps on a word, runs the slot it is handed, and wakes the
/// caller. A call that never returns keeps it, and nothing else.
final class WatchedThread: @unchecked Sendable {
    // @unchecked Sendable: `next` is written by the caller that holds the lane before `ask` advances, and read
    // by the thread after; `cpu` belongs to the holder of the lane; the rest is atomic.
    private let ask = FutexWord()
    private var next: CallSlot?
    private var isEnding = false
    private let threadID = Atomic<Int32>(0)
    /// The CPU that the thread was last moved to; −1 = anywhere.
    private var cpu: Int32 = -1

    /// The abandoned call counts as hung from this instant on; 0 = no call is out.
    let hangsAt = Atomic<Int64>(0)

    /// - Parameters:
    ///   - run: the call.
    ///   - drained: after a call that its caller gave up, however late.
    ///   - ended: the thread's last act.
    init(
        run: @escaping @Sendable (CallSlot) -> Void, drained: @escaping @Sendable (CallSlot) -> Void,
        ended: @escaping @Sendable () -> Void
    ) {
        PermanentThread.start(name: "mneme-watched") { [self] in
            threadID.store(platform_thread_id(), ordering: .releasing)
            var seen: UInt32 = 0
            while true {
                ask.wait(while: seen)
                let asked = ask.value
                guard asked != seen else { continue }
                seen = asked
                if isEnding { break }
                guard let slot = next else { continue }
                next = nil
                run(slot)
                if slot.phase.exchange(CallSlot.finished) == CallSlot.abandoned {
                    hangsAt.store(0, ordering: .releasing)
                    drained(slot)
                } else {
                    slot.phase.wakeOne()
                }
            }
            ended()
        }
    }

    /// Hands over a slot. The lane is the caller's.
    ///
    /// The thread follows its caller's CPU: woken there it answers in 4–6 µs, on another one in 40–50 (measured).
    /// Dear calls are left free to run beside the caller.
    func hand(_ slot: CallSlot, isDear: Bool) {
        place(isDear ? -1 : platform_current_cpu())
        slot.phase.set(CallSlot.running)
        next = slot
        ask.advance()
        ask.wakeOne()
    }

    /// Waits until the deadline at most. True: the slot is the caller's again.
    func wait(for slot: CallSlot, until deadline: Int64, grace: Int64) -> Bool {
        while slot.phase.value == CallSlot.running {
            guard platform_monotonic_ns() < deadline else {
                // Before the exchange: the thread may come back at any moment after it.
                hangsAt.store(deadline + grace, ordering: .releasing)
                // Before the exchange as well: behind it the slot may be another call's.
                slot.cancel.pointee.store(1, ordering: .relaxed)
                if slot.phase.exchange(CallSlot.running, for: CallSlot.abandoned) { return false }
                slot.cancel.pointee.store(0, ordering: .relaxed)
                hangsAt.store(0, ordering: .releasing)
                break
            }
            slot.phase.wait(while: CallSlot.running, until: deadline)
        }
        return true
    }

    /// Ends the thread after its present call.
    func end() {
        isEnding = true
        ask.advance()
        ask.wakeOne()
    }

    private func place(_ wanted: Int32) {
        let thread = threadID.load(ordering: .acquiring)
        guard wanted != cpu, thread != 0 else { return }
        var mask = wanted >= 0 ? CPUMask() : CPUMask.allowed
        if wanted >= 0 { mask.insert(Int(wanted)) }
        mask.withBytes { _ = platform_set_affinity(thread, $0.baseAddress, $0.count) }
        cpu = wanted
    }
}

/// A set of CPUs as the kernel wants it, up to 1,024.
struct CPUMask: Sendable {
    private var words = [UInt64](repeating: 0, count: 16)

    mutating func insert(_ cpu: Int) {
        if cpu < 1024 { words[cpu / 64] |= 1 << UInt64(cpu % 64) }
    }

    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) { words.withUnsafeBytes(body) }

    /// What this process may use, as it was at the first question.
    static let allowed: CPUMask = {
        var mask = CPUMask()
        mask.words.withUnsafeMutableBytes { _ = platform_get_affinity(0, $0.baseAddress, $0.count) }
        return mask
    }()
}
