import Synchronization

/// What a model did since it was made. Single counters, so a sum over them may be off by calls in flight.
final class ModelStatistics: Sendable {
    let calls = Atomic<Int>(0)
    let late = Atomic<Int>(0)
    let failures = Atomic<Int>(0)
    let drained = Atomic<Int>(0)
    let invalidRows = Atomic<Int>(0)
    let unwrittenRows = Atomic<Int>(0)
    let abstainedRows = Atomic<Int>(0)
    let floatModeChanges = Atomic<Int>(0)
    /// Moving average of a call's time, weight 1/8 for the newest.
    let nanoseconds = Atomic<Int64>(0)
    let isHung = Atomic<Bool>(false)
    let latency = LatencyHistogram()

    /// Threads of this process that are in a call that never came back.
    static let hungThreads = Atomic<Int>(0)

    @inline(__always)
    func record(_ result: CallResult) {
        calls.add(1, ordering: .relaxed)
        let elapsed = result.ended - result.started
        let average = nanoseconds.load(ordering: .relaxed)
        nanoseconds.store(average == 0 ? elapsed : average + (elapsed - average) / 8, ordering: .relaxed)
        latency.record(elapsed)
        if result.failure != nil { failures.add(1, ordering: .relaxed) }
        let faults = result.faults
        if faults.isClean { return }
        invalidRows.add(faults.invalid, ordering: .relaxed)
        unwrittenRows.add(faults.unwritten, ordering: .relaxed)
        abstainedRows.add(faults.abstained, ordering: .relaxed)
        if faults.changedFloatMode { floatModeChanges.add(1, ordering: .relaxed) }
    }

    var snapshot: ModelHealth {
        ModelHealth(
            calls: calls.load(ordering: .relaxed), late: late.load(ordering: .relaxed),
            failures: failures.load(ordering: .relaxed), drained: drained.load(ordering: .relaxed),
            invalidRows: invalidRows.load(ordering: .relaxed),
            unwrittenRows: unwrittenRows.load(ordering: .relaxed),
            abstainedRows: abstainedRows.load(ordering: .relaxed),
            floatModeChanges: floatModeChanges.load(ordering: .relaxed),
            averageNanoseconds: nanoseconds.load(ordering: .relaxed),
            p50Nanoseconds: latency.percentile(0.5), p99Nanoseconds: latency.percentile(0.99),
            isHung: isHung.load(ordering: .relaxed))
    }
}

/// A model's counters at one moment.
package struct ModelHealth: Sendable, Equatable {
    package var calls = 0
    package var late = 0
    package var failures = 0
    /// Late answers that came in the end and were thrown away.
    package var drained = 0
    package var invalidRows = 0
    package var unwrittenRows = 0
    package var abstainedRows = 0
    package var floatModeChanges = 0
    package var averageNanoseconds: Int64 = 0
    /// Of answered calls; nil = none yet.
    package var p50Nanoseconds: Int64?
    package var p99Nanoseconds: Int64?
    package var isHung = false
    /// closed, open or half-open.
    package var breaker = "closed"
    /// Times it opened.
    package var opened = 0
    /// Turns that went without it while it was open.
    package var skipped = 0
    package var openSessions = 0
    /// Sessions whose state was made from events, because none could be used.
    package var rebuiltSessions = 0
    /// Process tier.
    package var restarts = 0
    package var pid: Int32 = 0
    /// Walls that stand around its worker: landlock, first filter, second filter.
    package var walls: [String] = []
}
