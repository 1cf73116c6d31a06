import Host

/// Calls in an order that the contract allows and nobody wrote down. The same seed makes the same calls.
struct CallFuzzer {
    let trial: Trial
    let steps: Int

    private enum Call: String, CaseIterable { case score, scoreInSession, cancelled, open, advance, export, moveState, close, remake }

    func run() throws(TrialEnd) -> Finding {
        let prepared = try trial.prepared()
        let scorer = try trial.scorer(ScoringChecks.guarded)
        var state = Walk(seed: prepared.request.seed)
        for step in 1...steps {
            let call = choose(&state, scorer.facts)
            state.history.append(call.rawValue)
            do throws(TrialFailure) {
                if let problem = try make(call, &state, scorer, prepared.maker) { return failed(step, state, problem) }
            } catch {
                return failed(step, state, "\(error)")
            }
        }
        return .passed("\(steps) calls in a random order, seed \(prepared.request.seed)")
    }

    private func failed(_ step: Int, _ state: Walk, _ problem: String) -> Finding {
        .failed(
            "step \(step) of \(steps): \(problem); last calls: \(state.history.suffix(6).joined(separator: ", "))",
            do: "replay it with --only fuzz --seed \(state.seed)")
    }

    /// Where the walk is.
    private struct Walk {
        let seed: UInt64
        var random: ProbeRandom
        var sessions: [UInt64: UInt64] = [:]
        var nextSession: UInt64 = 1
        /// Without a session a probe's answer never changes.
        var known: [Int: ProbeAnswer] = [:]
        var history: [String] = []

        init(seed: UInt64) {
            self.seed = seed
            random = ProbeRandom(seed: seed ^ 0xF022)
        }

        mutating func session() -> UInt64? {
            let keys = sessions.keys.sorted()
            return keys.isEmpty ? nil : keys[Int(random.next() % UInt64(keys.count))]
        }
    }

    private func choose(_ state: inout Walk, _ facts: TrialFacts) -> Call {
        let all: [Call] = facts.offersSessions ? Call.allCases : [.score, .score, .score, .cancelled, .remake]
        return all[Int(state.random.next() % UInt64(all.count))]
    }

    /// nil = as it should be.
    private func make(
        _ call: Call, _ state: inout Walk, _ scorer: TrialScorer, _ maker: ProbeMaker
    ) throws(TrialFailure) -> String? {
        switch call {
        case .score: return try score(&state, scorer, maker)
        case .cancelled:
            var probe = maker.batch(rows: Int(state.random.next() % 300), number: 100)
            probe.isCancelled = true
            _ = try scorer.score(probe)
        case .remake:
            try scorer.worker.destroy()
            try scorer.worker.create()
            state.sessions.removeAll()
        case .open:
            guard state.sessions.count < 8 else { return nil }
            try scorer.openSession(state.nextSession)
            state.sessions[state.nextSession] = 1
            state.nextSession += 1
        default: try inSession(call, &state, scorer, maker)
        }
        return nil
    }

    private func score(_ state: inout Walk, _ scorer: TrialScorer, _ maker: ProbeMaker) throws(TrialFailure) -> String? {
        let number = Int(state.random.next() % 20)
        let probe = maker.batch(rows: number * 7 % 40 + 1, number: 200 + number)
        let answer = try scorer.score(probe)
        if let problem = GateChecks.problem(answer, probe) { return problem }
        guard scorer.facts.manifest.isDeterministic else { return nil }
        if let before = state.known[number] {
            for row in 0..<answer.rowCount where !answer.isSame(row, as: before, row) {
                return "\(probe.describe(row)) scored \(before.text(row)) before, now \(answer.text(row))"
            }
        }
        state.known[number] = answer
        return nil
    }

    private func inSession(
        _ call: Call, _ state: inout Walk, _ scorer: TrialScorer, _ maker: ProbeMaker
    ) throws(TrialFailure) {
        guard let key = state.session() else { return }
        let checks = GateChecks(scorer, maker)
        switch call {
        case .scoreInSession: _ = try scorer.score(checks.sessionProbe, session: key)
        case .advance where scorer.facts.offersAdvance:
            let sequence = state.sessions[key] ?? 1
            try scorer.advance(key, checks.events(from: sequence))
            state.sessions[key] = sequence + 5
        case .export where scorer.facts.keepsState: _ = try scorer.exportState(key)
        case .moveState where scorer.facts.keepsState:
            let bytes = try scorer.exportState(key)
            try scorer.openSession(state.nextSession)
            try scorer.importState(state.nextSession, version: scorer.facts.stateVersion, bytes)
            state.sessions[state.nextSession] = state.sessions[key]
            state.nextSession += 1
            try scorer.closeSession(key)
            state.sessions[key] = nil
        case .close:
            try scorer.closeSession(key)
            state.sessions[key] = nil
        default: break
        }
    }
}
