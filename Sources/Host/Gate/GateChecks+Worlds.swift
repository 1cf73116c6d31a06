import Glibc
import Platform
import PluginABI

// Worlds whose truth is known.
extension GateChecks {
    /// What was planted is found: mean AUC above chance, and no pattern upside down.
    package func plantedWorld() throws(TrialFailure) -> GateReport.Check {
        if let unfit = unfitForWorlds { return .init(.plantedWorld, .notChecked, unfit) }
        var tally = PlantedTally()
        let time = try rank({ $0.pattern != PlantedProbe.List.empty }) { list, answer in
            let rows = answer.indices.filter { answer[$0] != nil }
            tally.add(list.pattern, rows.compactMap { answer[$0] }, wanted: rows.map { list.isWanted[$0] })
        }
        guard tally.listCount >= PlantedTally.leastLists else {
            return .init(.plantedWorld, .notChecked, "it abstains on the rows of all but \(tally.listCount) planted lists")
        }
        // In ordinary lists alone everything counts a little, and what it reads may be of no account there.
        guard tally.patterns.keys.contains(where: { $0 != PlantedProbe.List.ordinary }) else {
            return .init(.plantedWorld, .notChecked, "it reads no pattern that can be told from all others")
        }
        let lists = "\(tally.listCount) planted lists"
        if let (pattern, auc) = tally.upsideDown {
            return .init(
                .plantedWorld, .failed,
                "\(pattern): AUC \(Self.short(auc)), upside down; allowed: \(PlantedTally.leastPattern) and above in every pattern "
                    + "(over all \(lists) \(Self.short(tally.mean)); \(time))")
        }
        let patterns = tally.means.map { "\($0.pattern) \(Self.short($0.auc))" }.joined(separator: ", ")
        guard tally.mean > PlantedTally.leastMean else {
            return .init(
                .plantedWorld, .failed,
                "mean AUC \(Self.short(tally.mean)) over \(lists); allowed: above \(PlantedTally.leastMean), and chance is 0.5 "
                    + "(\(patterns); \(time))")
        }
        let unread = tally.unread.isEmpty ? "" : "; it doesn't read \(tally.unread.joined(separator: ", "))"
        return .init(.plantedWorld, .passed, "mean AUC \(Self.short(tally.mean)) over \(lists): \(patterns)\(unread); \(time)")
    }

    /// Where nothing is relevant a calibrated head says so.
    package func nothingRelevant() throws(TrialFailure) -> GateReport.Check {
        if let unfit = unfitForWorlds ?? uncalibrated { return .init(.nothingRelevant, .notChecked, unfit) }
        var empty: [Double] = []
        var full: [Double] = []
        var isConfident = false
        let time = try rank({ $0.pattern == PlantedProbe.List.empty || $0.pattern == PlantedProbe.List.ordinary }) { list, answer in
            guard let most = answer.compactMap(\.self).max() else { return }
            let probability = facts.scale == .logit ? 1 / (1 + exp(-Double(most))) : Double(most)
            if list.pattern == PlantedProbe.List.empty { empty.append(probability) } else { full.append(probability) }
        } confidence: { isConfident = isConfident || $0 }
        guard empty.count >= PlantedTally.leastLists, full.count >= PlantedTally.leastLists else {
            return .init(.nothingRelevant, .notChecked, "too few empty lists can be told by the columns that it asks for")
        }
        // What calibration rests on lies in the weights, and weights without it say so by giving no confidence.
        guard isConfident || facts.manifest.assets.isEmpty else {
            return .init(.nothingRelevant, .notChecked, "its assets give no confidence, so they promise no calibration")
        }
        let (none, some) = (Self.mean(empty), Self.mean(full))
        let found = "largest probability \(Self.short(none)) on average where nothing is relevant (\(empty.count) lists), "
            + "\(Self.short(some)) where something is (\(full.count))"
        guard none < 0.5, none < some else {
            return .init(.nothingRelevant, .failed, "\(found); allowed: below 0.5, and below the other (\(time))")
        }
        return .init(.nothingRelevant, .passed, "\(found); \(time)")
    }

    // MARK: Whom it concerns

    /// Why worlds say nothing of it; nil = they do.
    private var unfitForWorlds: String? {
        guard case .probes(let probes) = planted else {
            guard case .none(let reason) = planted else { return "no planted worlds" }
            return reason
        }
        let head = facts.manifest.heads.indices.contains(facts.headMask.trailingZeroBitCount)
            ? facts.manifest.heads[facts.headMask.trailingZeroBitCount] : nil
        guard let head, head.name == "relevance", head.over == .candidate else { return "its first head isn't relevance of candidates" }
        // Planted memories have columns and ids, no words, no vectors, no paths.
        let lacking = facts.manifest.inputs.filter { $0.value.isRequired && $0.key != .history }.keys.map(\.rawValue).sorted()
        guard lacking.isEmpty else { return "it needs \(lacking.joined(separator: ", ")), which planted worlds don't have" }
        let longest = probes.worlds.flatMap(\.lists).map(\.ids.count).max() ?? 0
        return facts.maxRows < longest ? "planted lists have \(longest) rows, and a call \(facts.maxRows)" : nil
    }

    private var uncalibrated: String? {
        let head = facts.manifest.heads[facts.headMask.trailingZeroBitCount]
        if head.scale == .rankOnly { return "scale rank-only has no «nothing»" }
        return head.isCalibrated ? nil : "the manifest doesn't call its head calibrated"
    }

    // MARK: Asking

    /// Scores the lists that are wanted, each behind its events.
    ///
    /// - Parameters:
    ///   - take: a list and its scores, nil where it abstains.
    ///   - confidence: per list, whether any row got one.
    /// - Returns: what it took, for people.
    private func rank(
        _ isAsked: (PlantedProbe.List) -> Bool, _ take: (PlantedProbe.List, [Float?]) -> Void,
        confidence: (Bool) -> Void = { _ in }
    ) throws(TrialFailure) -> String {
        guard case .probes(let probes) = planted else { return "" }
        let started = platform_monotonic_ns()
        let remembers = facts.offersSessions && facts.offersAdvance && maker.inputs.contains(.history)
        for (number, world) in probes.worlds.enumerated() {
            let session: UInt64? = remembers ? 100 + UInt64(number) : nil
            if let session { try subject.openSession(session) }
            var told = 0
            for list in world.lists where isAsked(list) {
                if let session, told < list.knownEvents {
                    try subject.advance(session, events(of: world, told..<list.knownEvents))
                    told = list.knownEvents
                }
                let answer = try subject.score(batch(of: list), session: session)
                take(list, list.ids.indices.map { answer.abstains($0) ? nil : answer.value($0) })
                confidence(answer.confidences.contains { $0.bitPattern != UInt32(MNEME_UNWRITTEN_BITS) })
            }
            if let session { try subject.closeSession(session) }
        }
        let judging = Double(platform_monotonic_ns() - started) / 1e6
        return "worlds \(Self.short(probes.milliseconds)) ms, judging \(Self.short(judging)) ms"
    }

    private func batch(of list: PlantedProbe.List) -> ProbeBatch {
        ProbeBatch(
            columns: maker.columns, values: list.values, present: list.present, ids: list.ids,
            nowMilliseconds: list.nowMilliseconds, schema: maker.schema, heads: maker.heads)
    }

    private func events(of world: PlantedProbe, _ range: Range<Int>) -> ProbeEvents {
        ProbeEvents(
            firstSequence: UInt64(range.lowerBound + 1), timesMilliseconds: Array(world.timesMilliseconds[range]),
            things: Array(world.things[range]), schema: maker.schema, columnCount: maker.eventColumnCount,
            features: world.features[range].flatMap(\.self))
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }

    private static func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
