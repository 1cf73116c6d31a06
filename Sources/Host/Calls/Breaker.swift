import Platform
import Synchronization

/// Leaves a scorer alone that keeps failing: closed → open → half-open (one probe, off the critical path) → closed.
final class Breaker: Sendable {
    package enum State: UInt8, Sendable { case closed, open, halfOpen }

    private let settings: PluginsFile.Health
    private let state = Atomic<UInt8>(State.closed.rawValue)
    private let late = Atomic<Int>(0)
    private let errors = Atomic<Int>(0)
    private let opensAgainAt = Atomic<Int64>(0)
    private let openings = Atomic<Int>(0)
    private let skips = Atomic<Int>(0)

    init(_ settings: PluginsFile.Health) { self.settings = settings }

    enum Verdict { case ask, skip, probe }

    /// May this turn ask? At most one caller per waiting time is told to probe.
    @inline(__always)
    func verdict() -> Verdict {
        state.load(ordering: .relaxed) == State.closed.rawValue ? .ask : verdictWhileOpen()
    }

    private func verdictWhileOpen() -> Verdict {
        skips.add(1, ordering: .relaxed)
        guard platform_monotonic_ns() >= opensAgainAt.load(ordering: .relaxed) else { return .skip }
        let isMine = state.compareExchange(
            expected: State.open.rawValue, desired: State.halfOpen.rawValue, ordering: .acquiringAndReleasing
        ).exchanged
        return isMine ? .probe : .skip
    }

    /// What became of a call. Failures to ask (busy, hung, skipped) say nothing of the scorer and aren't told.
    @inline(__always)
    func record(_ failure: ScoringFailure?) {
        if failure == nil, state.load(ordering: .relaxed) == State.closed.rawValue {
            if late.load(ordering: .relaxed) != 0 { late.store(0, ordering: .relaxed) }
            if errors.load(ordering: .relaxed) != 0 { errors.store(0, ordering: .relaxed) }
            return
        }
        recordSlowly(failure)
    }

    private func recordSlowly(_ failure: ScoringFailure?) {
        switch failure {
        case nil:
            late.store(0, ordering: .relaxed)
            errors.store(0, ordering: .relaxed)
            state.store(State.closed.rawValue, ordering: .releasing)
        case .late:
            if late.add(1, ordering: .relaxed).newValue >= settings.openAfterLate { open() }
        case .crashed, .failed, .contract:
            if errors.add(1, ordering: .relaxed).newValue >= settings.openAfterErrors { open() }
        case .busy, .sessionBusy, .restoring, .restarting, .stillOut, .hung, .skipped, .notAsked, .notServed:
            // A probe that couldn't be made tells nothing: it is made again later.
            if state.load(ordering: .relaxed) == State.halfOpen.rawValue { open() }
        }
        if failure != nil, state.load(ordering: .relaxed) == State.halfOpen.rawValue { open() }
    }

    private func open() {
        opensAgainAt.store(
            platform_monotonic_ns() + Int64(settings.halfOpenAfterMilliseconds * 1e6), ordering: .relaxed)
        let old = state.exchange(State.open.rawValue, ordering: .acquiringAndReleasing)
        if old == State.closed.rawValue { openings.add(1, ordering: .relaxed) }
    }

    var present: State { State(rawValue: state.load(ordering: .relaxed)) ?? .closed }
    var skipped: Int { skips.load(ordering: .relaxed) }
    var opened: Int { openings.load(ordering: .relaxed) }

    /// For the answer's `degraded`.
    var reason: String {
        let counts = "\(late.load(ordering: .relaxed)) late and \(errors.load(ordering: .relaxed)) failed calls in a row"
        return "\(counts); it is tried again every \(Int(settings.halfOpenAfterMilliseconds)) ms"
    }
}
