import Host
import PluginABI

/// What one call of `score` owes.
enum ScoringChecks {
    static let all: [Check] = [
        Check("answers", .scoring, .loads, catches: "crashes, hangs, errors, unwritten rows, NaN, infinities, wrong rows_done", needs: ["create"]) { trial throws(TrialEnd) in
            let checks = try trial.checks(Self.guarded)
            return Finding(try ending { () throws(TrialFailure) in try checks.answers() }, do: "fill every row with a finite number, or ABSTAIN, and set rows_done")
        },
        Check("structs", .scoring, .survives, catches: "whole structs written: a newer minor's size", needs: ["create"]) { trial throws(TrialEnd) in
            let checks = try trial.checks { $0.guardsStructs = true }
            for probe in checks.probes { _ = try ending { () throws(TrialFailure) in try checks.subject.score(probe) } }
            return .passed("every struct of its exact size, a guard page behind it")
        },
        Check("buffers", .scoring, .survives, catches: "reads and writes past the end of an array", needs: ["create"]) { trial throws(TrialEnd) in
            let checks = try trial.checks(Self.guarded)
            for probe in checks.probes { _ = try ending { () throws(TrialFailure) in try checks.subject.score(probe) } }
            return .passed("every array of its exact size, a guard page behind it")
        },
        Check("inputs", .scoring, .survives, catches: "inputs that are written to", needs: ["create"]) { trial throws(TrialEnd) in
            let checks = try trial.checks(Self.guarded)
            for probe in checks.probes {
                let answer = try ending { () throws(TrialFailure) in try checks.subject.score(probe) }
                if answer.changedInput > 0 {
                    let names = TrialFault.arrays
                    let name = answer.changedInput <= names.count ? names[answer.changedInput - 1] : "an input"
                    return .failed("score changed \(name) in a batch of \(probe.rowCount) rows", do: "inputs are borrowed and read-only: copy what you change")
                }
            }
            return .passed("all input arrays were as before")
        },
        Check("memory", .scoring, .survives, catches: "taking all the memory there is", needs: ["create"]) { trial throws(TrialEnd) in
            let limit = 256
            let scorer = try trial.scorer { $0.memoryMegabytes = limit }
            let maker = try trial.prepared().maker
            for number in 0..<8 { _ = try ending { () throws(TrialFailure) in try scorer.score(maker.batch(rows: 64, number: number)) } }
            guard let usage = scorer.worker.usage else { return .notChecked("/proc can't be read") }
            let peak = usage.peakKilobytes / 1024
            guard peak < limit else { return .failed("its process took \(peak) MiB", do: "bound what a call allocates") }
            return .passed("at most \(peak) MiB, of \(limit)")
        },
        Check("parts", .scoring, .survives, catches: "explanations that don't add up", needs: ["answers"]) { trial throws(TrialEnd) in
            try parts(trial)
        },
        Check("strides", .scoring, .survives, catches: "rows that are taken to lie without gaps", needs: ["answers"]) { trial throws(TrialEnd) in
            let checks = try trial.checks()
            let dense = checks.maker.batch(rows: 33, number: 5)
            var padded = dense
            padded.paddingBytes = 12
            let (first, again, second) = try ending { () throws(TrialFailure) in
                (try checks.subject.score(dense), try checks.subject.score(dense), try checks.subject.score(padded))
            }
            guard (0..<33).allSatisfy({ GateChecks.isClose(first, $0, again, $0) }) else {
                return .notChecked("its scores change from call to call")
            }
            for row in 0..<33 where !GateChecks.isClose(first, row, second, row) {
                return .failed(
                    "\(dense.describe(row)) scored \(first.text(row)), with 12 bytes between the rows \(second.text(row))",
                    do: "step from row to row by row_features.stride, in bytes")
            }
            return .passed("33 rows with 12 bytes between them")
        },
        Check("empty-batch", .scoring, .survives, catches: "a batch without rows", needs: ["answers"]) { trial throws(TrialEnd) in
            let checks = try trial.checks(Self.guarded)
            let answer = try ending { () throws(TrialFailure) in try checks.subject.score(checks.maker.batch(rows: 0, number: 0)) }
            guard answer.status == 0, answer.rowsDone == 0 else {
                return .failed("no rows: status \(answer.status), rows_done \(answer.rowsDone); allowed: OK, 0", do: "begin loops at the test")
            }
            return .passed("OK, rows_done 0")
        },
        Check("large-batch", .scoring, .survives, catches: "limits that max_rows doesn't have", needs: ["answers"]) { trial throws(TrialEnd) in
            let checks = try trial.checks()
            let rows = min(4096, checks.subject.facts.maxRows)
            let probe = checks.maker.batch(rows: rows, number: 6)
            let answer = try ending { () throws(TrialFailure) in try checks.subject.score(probe) }
            if let problem = GateChecks.problem(answer, probe) { return .failed(problem, do: "size buffers by config->max_rows, or by the batch") }
            return .passed("\(rows) rows, as many as max_rows says")
        },
        Check("cancel", .scoring, .survives, catches: "a cancel word that is misread", needs: ["answers"]) { trial throws(TrialEnd) in
            try cancel(trial)
        },
        Check("schema", .scoring, .survives, catches: "batches of other columns that are scored all the same", needs: ["answers"]) { trial throws(TrialEnd) in
            try schema(trial)
        },
    ]

    static func guarded(_ plan: inout TrialWorker.Plan) {
        plan.guardsStructs = true
        plan.guardsRows = true
    }

    private static func parts(_ trial: Trial) throws(TrialEnd) -> Finding {
        let checks = try trial.checks(guarded)
        let count = checks.subject.facts.partCount
        guard count > 0 else { return .notChecked("it offers no explanation") }
        for var probe in checks.probes {
            probe.partCount = count
            let asked = probe
            let answer = try ending { () throws(TrialFailure) in try checks.subject.score(asked) }
            for row in 0..<answer.rowCount where !answer.abstains(row) {
                let sum = (0..<count).reduce(0.0) { $0 + Double(answer.parts[row * count + $1]) }
                let value = Double(answer.value(row))
                // Written so that a NaN among the parts counts too.
                if abs(sum - value) <= 1e-5 * max(1, abs(value)) { continue }
                return .failed("\(probe.describe(row)): \(count) parts add up to \(sum), the score is \(value)", do: "round each part to float first, then add")
            }
        }
        return .passed("\(count) parts add up to the score within 1e-5")
    }

    private static func cancel(_ trial: Trial) throws(TrialEnd) -> Finding {
        let checks = try trial.checks(guarded)
        var probe = checks.maker.batch(rows: min(2048, checks.subject.facts.maxRows), number: 7)
        probe.isCancelled = true
        let asked = probe
        let answer = try ending { () throws(TrialFailure) in try checks.subject.score(asked) }
        let isKnown = (0...2).contains(answer.status)
        guard isKnown, answer.rowsDone <= probe.rowCount, answer.status != 0 || answer.rowsDone == probe.rowCount else {
            return .failed("cancelled before it began: status \(answer.status), rows_done \(answer.rowsDone)", do: "set rows_done and return MNEME_CANCELLED")
        }
        let written = (0..<answer.rowsDone).allSatisfy { answer.abstains($0) || answer.value($0).isFinite }
        guard written else { return .failed("rows before rows_done \(answer.rowsDone) aren't written", do: "count a row after it is written") }
        return .passed(answer.status == MNEME_OK ? "it scores \(probe.rowCount) rows to their end: poll the cancel word if that takes long" : "CANCELLED after \(answer.rowsDone) rows")
    }

    private static func schema(_ trial: Trial) throws(TrialEnd) -> Finding {
        let checks = try trial.checks(guarded)
        var probe = checks.maker.batch(rows: 3, number: 8)
        probe.schema ^= 1
        let remedy = "keep config->schema, compare it with batch->schema, and return MNEME_SCHEMA with a message"
        let asked = probe
        do throws(TrialFailure) {
            _ = try checks.subject.score(asked)
        } catch {
            guard case .refused(_, let status, let message) = error else { throw .failure(error) }
            guard status == MNEME_SCHEMA else { return .failed("another schema was refused with status \(status), not MNEME_SCHEMA", do: remedy) }
            guard message != "no message" else { return .failed("another schema was refused without a message", do: remedy) }
            return .passed("refused: \(message)")
        }
        return .failed("a batch of another schema was scored", do: remedy)
    }
}

extension Finding {
    /// What the gate's check found.
    init(_ check: GateReport.Check, do remedy: String) {
        switch check.outcome {
        case .passed: self = .passed(check.detail)
        case .failed: self = .failed(check.detail, do: remedy)
        case .notChecked: self = .notChecked(check.detail)
        }
    }
}
