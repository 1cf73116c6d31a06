import Glibc
import Platform
import Synchronization

/// A thread of its own for one model, so that the caller never waits past its deadline.
///
/// Hand-over: the caller stores the slot and wakes the thread through `ask`; the thread scores and answers through
/// `done`. Both are futex words. Before the wake the thread is moved to the caller's CPU: waking another one costs
/// ten times as much (abi-decisions 11).
final class WatchedLane: @unchecked Sendable {
    // @unchecked Sendable: `work` is handed over under the ask/done words; one caller at a time holds `turn`.
    enum Outcome { case done, late, busy(sinceNanoseconds: Int64) }

    private let state: State
    private let turn = Mutex<Void>(())

    /// Shared with the thread, which may outlive the lane while a call is still out.
    private final class State: @unchecked Sendable {
        // @unchecked Sendable: as above; the words are only touched through atomic accessors.
        let words = UnsafeMutablePointer<UInt32>.allocate(capacity: 32)
        var work: (ScorerModel, CallSlot)?
        var startedNanoseconds: Int64 = 0
        var cpu: Int32 = -1
        var threadID: Int64 = 0
        var asked: UInt32 = 0

        init() { words.initialize(repeating: 0, count: 32) }
        deinit { words.deallocate() }
        /// Sequence numbers on cache lines of their own: last asked, last done.
        var ask: UnsafeMutablePointer<UInt32> { words }
        var done: UnsafeMutablePointer<UInt32> { words + 16 }
    }

    init() {
        let state = State()
        self.state = state
        var thread = pthread_t()
        let context = Unmanaged.passRetained(state).toOpaque()
        pthread_create(
            &thread, nil,
            { raw in
                // Balanced by passRetained above: the thread holds the state until it ends.
                guard let raw else { return nil }
                WatchedLane.serve(Unmanaged<State>.fromOpaque(raw).takeRetainedValue())
                return nil
            }, context)
        pthread_detach(thread)
    }

    deinit {
        state.work = nil
        mneme_store_release(state.ask, UInt32.max)
        mneme_futex_wake(state.ask)
    }

    func run(_ model: ScorerModel, _ slot: CallSlot, deadline: Int64) -> Outcome {
        turn.withLock { _ in
            let state = self.state
            guard mneme_load_acquire(state.done) == state.asked else {
                return .busy(sinceNanoseconds: mneme_monotonic_ns() - state.startedNanoseconds)
            }
            state.asked &+= 1
            if state.asked == UInt32.max { state.asked = 1 }
            state.work = (model, slot)
            state.startedNanoseconds = mneme_monotonic_ns()
            let cpu = mneme_current_cpu()
            if cpu != state.cpu, state.threadID != 0, mneme_pin_thread(state.threadID, cpu) == 0 { state.cpu = cpu }
            mneme_store_release(state.ask, state.asked)
            mneme_futex_wake(state.ask)
            while true {
                let seen = mneme_load_acquire(state.done)
                if seen == state.asked { return .done }
                let left = deadline - mneme_monotonic_ns()
                if left <= 0 {
                    mneme_store_release(slot.cancel, 1)
                    return .late
                }
                _ = mneme_futex_wait(state.done, seen, left)
            }
        }
    }

    private static func serve(_ state: State) {
        state.threadID = mneme_thread_id()
        var last: UInt32 = 0
        while true {
            let asked = mneme_load_acquire(state.ask)
            if asked == UInt32.max { return }
            if asked == last {
                _ = mneme_futex_wait(state.ask, asked, -1)
                continue
            }
            last = asked
            if let (model, slot) = state.work {
                model.perform(slot)
                // The slot goes before `done`: a caller that reads `done` may reuse it at once.
                state.work = nil
            }
            mneme_store_release(state.done, asked)
            mneme_futex_wake(state.done)
        }
    }
}
