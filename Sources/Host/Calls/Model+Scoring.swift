import Platform

/// What one scorer said about one request.
package struct ScoringOutcome: Sendable {
    package let name: ScorerName
    /// nil = no answer; `failure` says why.
    package let sheet: ScoreSheet?
    package let failure: ScoringFailure?
    package let faults: OutputFaults
    /// Rows whose value may be used.
    package let goodRows: Int
    /// It stopped before the last row, in time.
    package let isPartial: Bool
    /// Where its session's state came from, if this turn was the session's first here.
    package var origin: StateOrigin?
    package let elapsedNanoseconds: Int64

    package var scorer: String { name.id }
    package var version: String { name.version }
    /// Names of the sheet's parts.
    package var partNames: [String] { sheet.map { $0.partCount > 0 ? name.parts : [] } ?? [] }

    static func refusal(_ name: ScorerName, _ failure: ScoringFailure) -> ScoringOutcome {
        ScoringOutcome(
            name: name, sheet: nil, failure: failure, faults: OutputFaults(), goodRows: 0, isPartial: false,
            elapsedNanoseconds: 0)
    }
}

/// A watched call that has been handed over.
struct PendingCall {
    let slot: CallSlot
    let deadline: Int64
}

extension Model {
    /// Calls that take longer than this run beside the caller, not on its CPU.
    static let dearNanoseconds: Int64 = 100_000

    var isDear: Bool {
        tier != .inline && statistics.nanoseconds.load(ordering: .relaxed) > Self.dearNanoseconds
    }

    /// The earlier of the turn's deadline and the scorer's own, which counts from now.
    func softDeadline(_ turn: Int64) -> Int64 {
        deadlineNanoseconds.map { min(turn, platform_monotonic_ns() + $0) } ?? turn
    }

    /// Asks and waits: on this thread, or on the watched thread until the deadline at most.
    package func score(_ inputs: CallInputs, deadline: Int64) -> ScoringOutcome {
        guard inputs.rowCount <= maxRows || manifest.scope == .row else {
            return refusal(
                .notAsked("\(inputs.rowCount) rows; a list scorer gets at most turn.rowsPerCall = \(maxRows)")
            )
        }
        switch tier {
        case .inline, .process: return scoreHere(inputs, softDeadline(deadline))
        case .watched:
            switch begin(inputs, deadline: deadline) {
            case .success(let call): return finish(call)
            case .failure(let failure): return refusal(failure)
            }
        }
    }

    /// On this thread: the call itself, or the wait for a worker.
    private func scoreHere(_ inputs: CallInputs, _ deadline: Int64) -> ScoringOutcome {
        if let lane, !lane.acquire(until: deadline) { return refusal(.busy) }
        let slot = takeSlot()
        slot.deadline = deadline
        slot.inputs = inputs
        let outcome = outcome(slot, perform(slot, inputs))
        slot.inputs = nil
        giveBack(slot)
        if tier == .process, outcome.failure == .late { statistics.late.add(1, ordering: .relaxed) }
        releaseLane()
        return outcome
    }

    /// Hands a watched call over; the lane stays taken until it is finished or drained.
    func begin(_ inputs: CallInputs, deadline turn: Int64) -> Result<PendingCall, ScoringFailure> {
        guard let thread, let lane else { return .failure(.notAsked("it has no thread")) }
        if statistics.isHung.load(ordering: .relaxed) { return .failure(.hung) }
        let deadline = softDeadline(turn)
        if !lane.tryAcquire() {
            let hangsAt = thread.hangsAt.load(ordering: .acquiring)
            if hangsAt != 0 {
                // A worker's hang ends at its hard deadline.
                guard tier == .watched, platform_monotonic_ns() > hangsAt else { return .failure(.stillOut) }
                markHung()
                return .failure(.hung)
            }
            guard lane.acquire(until: deadline) else { return .failure(.busy) }
        }
        let slot = takeSlot()
        slot.inputs = inputs
        slot.deadline = deadline
        slot.model = self
        thread.hand(slot, isDear: isDear)
        return .success(PendingCall(slot: slot, deadline: deadline))
    }

    func finish(_ call: PendingCall) -> ScoringOutcome {
        let slot = call.slot
        guard let thread, thread.wait(for: slot, until: call.deadline, grace: Self.graceNanoseconds) else {
            statistics.late.add(1, ordering: .relaxed)
            breaker.record(.late)
            return refusal(.late)
        }
        slot.model = nil
        slot.inputs = nil
        let outcome = outcome(slot, slot.result)
        giveBack(slot)
        if tier == .process, outcome.failure == .late { statistics.late.add(1, ordering: .relaxed) }
        releaseLane()
        return outcome
    }

    @inline(__always)
    private func outcome(_ slot: CallSlot, _ result: CallResult) -> ScoringOutcome {
        statistics.record(result)
        breaker.record(result.failure)
        return ScoringOutcome(
            name: name, sheet: result.failure == nil ? slot.sheet : nil, failure: result.failure,
            faults: result.faults, goodRows: result.goodRows, isPartial: result.isPartial, origin: result.origin,
            elapsedNanoseconds: result.ended - result.started)
    }

    func refusal(_ failure: ScoringFailure) -> ScoringOutcome { .refusal(name, failure) }

    /// One real batch, after its turn was answered: decides whether the breaker closes.
    func probe(_ inputs: CallInputs) {
        let budget = deadlineNanoseconds ?? Self.probeNanoseconds
        let outcome = score(inputs, deadline: platform_monotonic_ns() + budget)
        // An answer and a lateness were recorded by the call itself; what never got that far wasn't.
        switch outcome.failure {
        case .busy, .sessionBusy, .restoring, .restarting, .stillOut, .hung, .notAsked, .notServed, .skipped: breaker.record(outcome.failure)
        case nil, .late, .crashed, .failed, .contract: break
        }
    }

    /// For scorers without a deadline of their own.
    private static let probeNanoseconds: Int64 = 5_000_000
    static let prober = LoaderThread(name: "mneme-prober")
}

extension Model {
    /// For measuring: hands `body` the plugin's own function with a batch that is ready, nothing checked.
    package func withDirectCall(_ inputs: CallInputs, _ body: (_ call: () -> Void) -> Void) {
        let slot = takeSlot()
        slot.deadline = .max
        inputs.columns.values.withUnsafeBufferPointer { values in
            inputs.rowIDs.withUnsafeBufferPointer { ids in
                // Fills the slot; from then on only the function runs.
                _ = perform(slot, inputs)
                guard case .here(let made, let function) = place else { return }
                withExtendedLifetime((values, ids)) {
                    body { _ = function(made.pointer, nil, slot.batch, slot.scores, slot.error) }
                }
            }
        }
        giveBack(slot)
    }
}
