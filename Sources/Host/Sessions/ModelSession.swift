import Platform

/// One session of one model. Everything in it belongs to the holder of its lane.
final class ModelSession: @unchecked Sendable {
    // @unchecked Sendable: `key` and `lane` are constant; the rest is touched by the holder of `lane` only, except
    // `lastUsed`, which the table reads and writes under its own lock.
    let key: UInt64
    /// First come, first served; a turn that doesn't get it in time is answered without this scorer.
    let lane = Lane()
    /// nil = closed, or unusable since a failure.
    var handle: SessionCalls.Handle?
    /// Life of the worker in which it was opened.
    var generation = 0
    /// The last event that it has seen.
    var sequence: UInt64 = 0
    /// The last event that a kept checkpoint contains.
    var keptSequence: UInt64 = 0
    var origin = StateOrigin.fresh
    /// No turn was told of the origin yet.
    var isNew = true
    /// Made for one request, and closed with it.
    var isTransient = false
    /// CLOCK_MONOTONIC.
    var lastUsed: Int64 = 0

    init(_ key: UInt64) { self.key = key }
}
