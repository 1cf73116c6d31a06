import Host

/// What a session remembers, and what becomes of it on its way through a blob.
enum StateChecks {
    static let all: [Check] = [
        Check("state-export", .state, .survives, catches: "exports that differ, or claim more than their room", needs: ["answers"]) { trial throws(TrialEnd) in
            let checks = try trial.checks()
            if let stateless = checks.stateless { return .notChecked(stateless) }
            let (first, second) = try ending { () throws(TrialFailure) in
                try checks.openedSession(1)
                return (try checks.subject.exportState(1), try checks.subject.exportState(1))
            }
            guard first == second else { return .failed("two exports of one session differ (\(first.count) and \(second.count) bytes)", do: "write state in a fixed order, padding included") }
            return .passed("\(first.count) bytes, twice the same")
        },
        state("score-keeps-state", "score that changes the session", do: "let advance alone change a session") { (checks: GateChecks) throws(TrialFailure) in
            try checks.scoreKeepsState()
        },
        state("state-round-trip", "an imported state that isn't the exported one", do: "export all that score reads, and import it unchanged") { (checks: GateChecks) throws(TrialFailure) in
            try checks.stateRoundTrip()
        },
        state("state-damage", "truncated and foreign states that are imported", do: "check version, length and every field, and return MNEME_STATE") { (checks: GateChecks) throws(TrialFailure) in
            try checks.stateDamage()
        },
        Check("state-flips", .state, .survives, catches: "crashes on a damaged state", needs: ["state-round-trip"]) { trial throws(TrialEnd) in
            try flips(trial)
        },
        Check("sessions-apart", .state, .survives, catches: "sessions that share what they remember", needs: ["state-export"]) { trial throws(TrialEnd) in
            let checks = try trial.checks()
            let (before, after) = try ending { () throws(TrialFailure) in
                try checks.subject.openSession(2)
                let before = try checks.subject.exportState(2)
                try checks.openedSession(1)
                return (before, try checks.subject.exportState(2))
            }
            guard before == after else { return .failed("advancing one session changed another", do: "keep what a session remembers in the session") }
            return .passed("a second session stayed as it was")
        },
    ]

    private static func state(
        _ name: String, _ catches: String, do remedy: String,
        run: @escaping @Sendable (GateChecks) throws(TrialFailure) -> GateReport.Check
    ) -> Check {
        Check(name, .state, .ranks, catches: catches, needs: ["answers"]) { trial throws(TrialEnd) in
            let checks = try trial.checks()
            return Finding(try ending { () throws(TrialFailure) in try run(checks) }, do: remedy)
        }
    }

    /// A flipped bit may be a valid other state; it may never be a crash, now or at the next call.
    private static func flips(_ trial: Trial) throws(TrialEnd) -> Finding {
        let checks = try trial.checks(ScoringChecks.guarded)
        let probe = checks.sessionProbe
        let whole = try ending { () throws(TrialFailure) in
            try checks.openedSession(1)
            return try checks.subject.exportState(1)
        }
        guard !whole.isEmpty else { return .notChecked("its state is empty") }
        var random = ProbeRandom(seed: checks.maker.seed)
        var refused = 0
        for session in UInt64(100)..<164 {
            var bytes = whole
            let place = Int(random.next() % UInt64(bytes.count))
            bytes[place] ^= 1 << UInt8(random.next() % 8)
            let damaged = bytes
            try ending { () throws(TrialFailure) in try checks.subject.openSession(session) }
            do throws(TrialFailure) {
                try checks.subject.importState(session, version: checks.subject.facts.stateVersion, damaged)
                _ = try checks.subject.score(probe, session: session)
            } catch {
                guard case .refused = error else { throw .failure(error) }
                refused += 1
            }
            try ending { () throws(TrialFailure) in try checks.subject.closeSession(session) }
        }
        return .passed("64 states with one bit flipped: \(refused) refused, none crashed")
    }
}
