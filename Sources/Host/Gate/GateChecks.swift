import PluginABI

/// Checks over a subject that can be asked. Pure: the same subject, probes and seed give the same verdict.
///
/// Each returns a verdict, or throws what ended the trial: whoever runs them says which check that fails.
package struct GateChecks {
    // Not Sendable on purpose: it holds the subject of one trial.
    package let subject: any TrialSubject
    package let maker: ProbeMaker
    package let planted: PlantedSupply
    var facts: TrialFacts { subject.facts }

    package init(_ subject: any TrialSubject, _ maker: ProbeMaker, planted: PlantedSupply = .absent) {
        self.subject = subject
        self.maker = maker
        self.planted = planted
    }

    /// Rows of the larger probes.
    package var manyRows: Int { min(256, facts.maxRows) }

    /// One row, two, a prime, many; one of which nothing is known, and where paths are sent one without any.
    package var probes: [ProbeBatch] {
        var probes = [1, 2, 17, manyRows].enumerated().map { maker.batch(rows: min($1, facts.maxRows), number: $0) }
        probes.append(maker.absent(rows: 3))
        if probes[2].paths != nil {
            probes.append(probes[2])
            probes[probes.count - 1].paths = nil
        }
        return probes
    }

    /// Every row OK or ABSTAIN, written, finite.
    package func answers() throws(TrialFailure) -> GateReport.Check {
        var rows = 0
        for probe in probes {
            let answer = try subject.score(probe)
            if let problem = Self.problem(answer, probe) { return .init(.answers, .failed, problem) }
            rows += probe.rowCount
        }
        return .init(.answers, .passed, "\(rows) rows in \(probes.count) batches: OK or ABSTAIN, and finite")
    }

    /// nil = an answer as the header wants it.
    package static func problem(_ answer: ProbeAnswer, _ probe: ProbeBatch) -> String? {
        let rows = probe.rowCount
        guard answer.status == MNEME_OK else {
            let name = answer.status == MNEME_PARTIAL ? "PARTIAL" : answer.status == MNEME_CANCELLED ? "CANCELLED" : "\(answer.status)"
            return "score of \(rows) rows returned \(name), rows_done \(answer.rowsDone), seconds before its deadline; "
                + "allowed: OK, or an error"
        }
        guard answer.rowsDone == rows else { return "rows_done \(answer.rowsDone) of \(rows) rows, yet it returned OK" }
        for row in 0..<rows {
            if answer.abstains(row) { continue }
            guard answer.statuses[row] == UInt8(MNEME_ROW_OK) else {
                return "\(probe.describe(row)): status \(answer.statuses[row]); allowed: \(MNEME_ROW_OK) (OK), \(MNEME_ROW_ABSTAIN) (ABSTAIN)"
            }
            for head in 0..<answer.headCount {
                let value = answer.value(row, head: head)
                if value.bitPattern == UInt32(MNEME_UNWRITTEN_BITS) {
                    return "\(probe.describe(row)) of \(rows) was never written, yet it returned OK"
                }
                if !value.isFinite { return "\(probe.describe(row)) scored \(value); allowed: finite numbers" }
            }
        }
        return nil
    }

    /// What the scale of the head promises.
    package func range() throws(TrialFailure) -> GateReport.Check {
        guard facts.scale == .probability else {
            return .init(.range, .notChecked, "scale \(facts.scale.rawValue) has no range")
        }
        for probe in probes {
            let answer = try subject.score(probe)
            for row in 0..<answer.rowCount where !answer.abstains(row) && !(0...1).contains(answer.value(row)) {
                return .init(
                    .range, .failed,
                    "\(probe.describe(row)) scored \(answer.value(row)); its scale is probability, allowed: 0 to 1")
            }
        }
        return .init(.range, .passed, "all scores between 0 and 1")
    }

    /// The same batch twice, equal bits.
    package func deterministic() throws(TrialFailure) -> GateReport.Check {
        guard facts.manifest.isDeterministic else {
            return .init(.deterministic, .notChecked, "the manifest doesn't say deterministic")
        }
        for probe in probes {
            let first = try subject.score(probe)
            for _ in 0..<2 {
                let again = try subject.score(probe)
                for row in 0..<first.rowCount where !first.isSame(row, as: again, row) {
                    return .init(
                        .deterministic, .failed,
                        "\(probe.describe(row)) scored \(first.text(row)), then \(again.text(row)) in the same batch")
                }
            }
        }
        return .init(.deterministic, .passed, "the same batches three times, equal bits")
    }

    /// Close enough for a row among other neighbours: vector code rounds its last rows otherwise than the rest.
    static func isClose(_ one: Float, _ other: Float) -> Bool {
        one == other || abs(one - other) <= 1e-5 * max(1, abs(one))
    }

    package static func isClose(_ one: ProbeAnswer, _ row: Int, _ other: ProbeAnswer, _ otherRow: Int) -> Bool {
        one.abstains(row) == other.abstains(otherRow)
            && (one.abstains(row) || isClose(one.value(row), other.value(otherRow)))
    }

    /// Scope row: the order of the rows doesn't matter.
    package func permutation() throws(TrialFailure) -> GateReport.Check {
        guard facts.manifest.scope == .row else {
            return .init(.permutation, .notChecked, "scope list may read the order of the rows")
        }
        let probe = maker.batch(rows: min(61, facts.maxRows), number: 20)
        let whole = try subject.score(probe)
        var random = ProbeRandom(seed: maker.seed)
        let orders = [Array((0..<probe.rowCount).reversed()), random.order(probe.rowCount)]
        for order in orders {
            let permuted = try subject.score(probe.taking(order))
            for (place, row) in order.enumerated() where !Self.isClose(whole, row, permuted, place) {
                return .init(
                    .permutation, .failed,
                    "\(probe.describe(row)) scored \(whole.text(row)), as row \(place) of the same rows in another order "
                        + "\(permuted.text(place)); its scope is row")
            }
        }
        return .init(.permutation, .passed, "\(probe.rowCount) rows in three orders")
    }

    /// Scope row: neighbours don't matter.
    package func split() throws(TrialFailure) -> GateReport.Check {
        guard facts.manifest.scope == .row else { return .init(.split, .notChecked, "scope list is never split") }
        let probe = maker.batch(rows: min(61, facts.maxRows), number: 21)
        let whole = try subject.score(probe)
        for size in [1, 7, 32] {
            for start in stride(from: 0, to: probe.rowCount, by: size) {
                let part = Array(start..<min(start + size, probe.rowCount))
                let answer = try subject.score(probe.taking(part))
                for (place, row) in part.enumerated() where !Self.isClose(whole, row, answer, place) {
                    return .init(
                        .split, .failed,
                        "\(probe.describe(row)) scored \(whole.text(row)) among \(probe.rowCount) rows and "
                            + "\(answer.text(place)) among \(part.count); its scope is row")
                }
            }
        }
        return .init(.split, .passed, "\(probe.rowCount) rows whole, by 1, by 7 and by 32")
    }
}
