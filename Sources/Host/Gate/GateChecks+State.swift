import PluginABI

// What a session remembers.
extension GateChecks {
    /// Why state can't be checked; nil = it can.
    package var stateless: String? {
        if facts.manifest.state == nil { return "the manifest declares no state" }
        if facts.stateVersion == 0 { return "create says that these assets keep no state" }
        if !facts.offersSessions { return "it has no sessions" }
        return facts.offersState ? nil : "it has no export_state and import_state"
    }

    /// Opens a session that has something to remember.
    package func openedSession(_ key: UInt64) throws(TrialFailure) {
        try subject.openSession(key)
        if facts.offersAdvance { try subject.advance(key, events()) }
    }

    /// Five turns, a minute apart, about a few things that come again.
    package func events(from sequence: UInt64 = 1) -> ProbeEvents {
        let ids = maker.batch(rows: 8, number: 60).ids
        let start = 1_699_999_000_000 + Int64(sequence) * 60_000
        let roles = [MNEME_ROLE_FOCAL, MNEME_ROLE_INJECTED, MNEME_ROLE_REFERENCED].map { UInt8($0) }
        var times: [Int64] = []
        var things: [[(id: UInt64, role: UInt8)]] = []
        for turn in 0..<5 {
            times.append(start + Int64(turn) * 60_000)
            things.append(roles.enumerated().map { (ids[(turn * (2 * $0 + 1)) % 8], $1) })
        }
        let columns = maker.eventColumnCount
        var random = ProbeRandom(seed: maker.seed &+ sequence)
        return ProbeEvents(
            firstSequence: sequence, timesMilliseconds: times, things: things, schema: maker.schema, columnCount: columns,
            features: (0..<times.count * columns).map { _ in random.unit() })
    }

    /// Rows among which are the things that the events are about.
    package var sessionProbe: ProbeBatch {
        var probe = maker.batch(rows: min(24, facts.maxRows), number: 61)
        let ids = maker.batch(rows: 8, number: 60).ids
        for row in 0..<min(8, probe.rowCount) { probe.ids[row] = ids[row] }
        return probe
    }

    /// `score` changes nothing.
    package func scoreKeepsState() throws(TrialFailure) -> GateReport.Check {
        if let stateless { return .init(.scoreKeepsState, .notChecked, stateless) }
        try openedSession(1)
        let before = try subject.exportState(1)
        _ = try subject.score(sessionProbe, session: 1)
        let after = try subject.exportState(1)
        try subject.closeSession(1)
        guard before == after else {
            return .init(.scoreKeepsState, .failed, "score changed the session: \(Self.difference(before, after)); only advance may")
        }
        return .init(.scoreKeepsState, .passed, "\(before.count) bytes, before and after score")
    }

    /// What was exported and imported again is the same, to the bit.
    package func stateRoundTrip() throws(TrialFailure) -> GateReport.Check {
        if let stateless { return .init(.stateRoundTrip, .notChecked, stateless) }
        try openedSession(1)
        let exported = try subject.exportState(1)
        try subject.openSession(2)
        try subject.importState(2, version: facts.stateVersion, exported)
        let again = try subject.exportState(2)
        guard exported == again else {
            return .init(.stateRoundTrip, .failed, "exported, imported, exported again: \(Self.difference(exported, again))")
        }
        let first = try subject.score(sessionProbe, session: 1)
        let second = try subject.score(sessionProbe, session: 2)
        for row in 0..<first.rowCount where !first.isSame(row, as: second, row) {
            return .init(
                .stateRoundTrip, .failed,
                "\(sessionProbe.describe(row)) scored \(first.text(row)) in the session and \(second.text(row)) in the one "
                    + "that imported its state")
        }
        try subject.closeSession(1)
        try subject.closeSession(2)
        return .init(.stateRoundTrip, .passed, "\(exported.count) bytes and \(first.rowCount) scores, equal bits")
    }

    /// Truncated and foreign payloads are refused.
    package func stateDamage() throws(TrialFailure) -> GateReport.Check {
        if let stateless { return .init(.stateDamage, .notChecked, stateless) }
        try openedSession(1)
        let whole = try subject.exportState(1)
        try subject.closeSession(1)
        var random = ProbeRandom(seed: maker.seed)
        let noise = (0..<whole.count + 13).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let version = facts.stateVersion
        let damages: [(name: String, bytes: [UInt8], version: UInt32)] = [
            ("without its last byte", Array(whole.dropLast()), version), ("cut in half", Array(whole.prefix(whole.count / 2)), version),
            ("with a byte too many", whole + [0], version), ("of random bytes", noise, version),
            ("of version \(version + 1)", whole, version + 1),
        ].filter { whole.count > 0 || $0.version != version }
        for (key, damage) in damages.enumerated() {
            let session = UInt64(10 + key)
            try subject.openSession(session)
            do throws(TrialFailure) {
                try subject.importState(session, version: damage.version, damage.bytes)
            } catch {
                // Refused, as it should be; the session is unusable and is closed.
                guard case .refused = error else { throw error }
                try subject.closeSession(session)
                continue
            }
            return .init(
                .stateDamage, .failed,
                "a state \(damage.name) (\(damage.bytes.count) bytes, the whole has \(whole.count)) was imported; allowed: MNEME_STATE")
        }
        return .init(.stateDamage, .passed, "\(damages.count) damaged states refused")
    }

    private static func difference(_ one: [UInt8], _ other: [UInt8]) -> String {
        guard one.count == other.count else { return "\(one.count) bytes, then \(other.count)" }
        let place = zip(one, other).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
        return "byte \(place) was \(one[place]) and became \(other[place])"
    }
}
