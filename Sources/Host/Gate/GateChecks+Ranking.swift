// Which way up it ranks.
extension GateChecks {
    /// More of a column that the manifest calls monotone never ranks lower, the others fixed.
    package func monotone() throws(TrialFailure) -> GateReport.Check {
        let marked = facts.manifest.rowColumns.filter(\.isMonotone).map(\.name)
        let swept = marked.filter(maker.columns.contains)
        guard !swept.isEmpty else {
            let reason = marked.isEmpty ? "the manifest marks no column monotone" : "its monotone columns aren't sent"
            return .init(.monotone, .notChecked, reason)
        }
        var rises = 0
        for (number, name) in swept.enumerated() {
            guard let column = maker.columns.firstIndex(of: name) else { continue }
            for probe in withAndWithoutPaths(maker.batch(rows: min(12, facts.maxRows), number: 40 + number)) {
                let result = facts.manifest.scope == .row ? try sweepAll(probe, column) : try sweepEach(probe, column)
                if let problem = result.problem { return .init(.monotone, .failed, problem) }
                rises += result.rises
            }
        }
        guard rises > 0 else {
            return .init(.monotone, .notChecked, "sweeping \(swept.joined(separator: ", ")) never moved a score")
        }
        return .init(.monotone, .passed, "more never ranked lower: \(swept.joined(separator: ", "))")
    }

    /// Where paths are sent a column may only count without them.
    private func withAndWithoutPaths(_ probe: ProbeBatch) -> [ProbeBatch] {
        guard probe.paths != nil else { return [probe] }
        var without = probe
        without.paths = nil
        return [probe, without]
    }

    private static let steps = 9

    private func values(of column: Int) -> [Float] {
        let all = (0..<Self.steps).map { maker.spans[column].at(Float($0) / Float(Self.steps - 1)) }
        return all.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// Scope row: every row takes the value at once, each compared with itself.
    private func sweepAll(_ probe: ProbeBatch, _ column: Int) throws(TrialFailure) -> (problem: String?, rises: Int) {
        var previous: ProbeAnswer?
        var rises = 0
        let values = values(of: column)
        for (step, value) in values.enumerated() {
            var changed = probe
            for row in 0..<probe.rowCount { changed.set(row, column, value) }
            let answer = try subject.score(changed)
            if let previous {
                for row in 0..<probe.rowCount {
                    let (before, after) = (previous.standing(row), answer.standing(row))
                    if after > before { rises += 1 }
                    // A last bit may fall where sums round; more evidence may not.
                    if after >= before || Self.isClose(before, after) { continue }
                    return (fall(changed, row, column, values[step - 1], value, previous.text(row), answer.text(row)), 0)
                }
            }
            previous = answer
        }
        return (nil, rises)
    }

    /// Scope list: one row at a time, by its place among the others.
    private func sweepEach(_ probe: ProbeBatch, _ column: Int) throws(TrialFailure) -> (problem: String?, rises: Int) {
        var rises = 0
        let values = values(of: column)
        for row in 0..<min(4, probe.rowCount) {
            var previous: Int?
            for (step, value) in values.enumerated() {
                var changed = probe
                changed.set(row, column, value)
                let answer = try subject.score(changed)
                let place = 1 + (0..<answer.rowCount).filter { answer.standing($0) > answer.standing(row) }.count
                if let previous {
                    if place < previous { rises += 1 }
                    if place > previous {
                        return (fall(changed, row, column, values[step - 1], value, "place \(previous)", "place \(place)"), 0)
                    }
                }
                previous = place
            }
        }
        return (nil, rises)
    }

    private func fall(
        _ probe: ProbeBatch, _ row: Int, _ column: Int, _ less: Float, _ more: Float, _ before: String, _ after: String
    ) -> String {
        "\(probe.describe(row)): \(probe.columns[column]) \(less) gave \(before), \(more) gave \(after); "
            + "the manifest says monotone: more never ranks lower"
    }

    /// Scores that somebody wrote down.
    package func golden(_ records: [GoldenRecord]) throws(TrialFailure) -> GateReport.Check {
        guard !records.isEmpty else { return .init(.golden, .notChecked, "no golden records are given") }
        for record in records {
            if let stranger = record.row.keys.sorted().first(where: { !maker.columns.contains($0) }) {
                let names = maker.columns.isEmpty ? "none" : maker.columns.joined(separator: ", ")
                return .init(.golden, .failed, "a record names column \(stranger), which isn't sent; sent: \(names)")
            }
        }
        for hop in records.flatMap({ $0.paths.flatMap(\.self) }) {
            if let stranger = hop.keys.sorted().first(where: { !maker.hopColumns.contains($0) }) {
                let names = maker.hopColumns.isEmpty ? "none" : maker.hopColumns.joined(separator: ", ")
                return .init(.golden, .failed, "a record names hop column \(stranger), which isn't sent; sent: \(names)")
            }
        }
        let probe = maker.batch(of: records)
        let answer = try subject.score(probe)
        for (row, record) in records.enumerated() {
            let value = Double(answer.value(row))
            guard !answer.abstains(row), abs(value - record.score) <= record.allowedError else {
                return .init(
                    .golden, .failed,
                    "\(probe.describe(row)) scored \(answer.text(row)); the record says \(record.score) ± \(record.allowedError)")
            }
        }
        return .init(.golden, .passed, "\(records.count) records")
    }
}

/// One row with the score that it must get.
package struct GoldenRecord: Sendable, Equatable {
    /// Values by column; columns that aren't named are absent.
    package var row: [String: Double]
    /// The row's paths: hops with values by hop column, from the focal entity outwards.
    package var paths: [[[String: Double]]] = []
    package var score: Double
    /// nil = a millionth of the larger of 1 and the score: what float32 arithmetic may differ in.
    package var tolerance: Double?

    package init(row: [String: Double], score: Double, tolerance: Double? = nil) {
        self.row = row
        self.score = score
        self.tolerance = tolerance
    }

    package var allowedError: Double { tolerance ?? 1e-6 * max(1, abs(score)) }
}
