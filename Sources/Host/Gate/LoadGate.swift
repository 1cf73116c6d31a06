import Platform
import PluginABI
import Wire

/// Judges a scorer in a worker before it goes live, whatever its tier.
struct LoadGate {
    let plan: ModelPlan
    let trial: TrialWorker.Plan
    let settings: PluginsFile
    let maker: ProbeMaker
    let golden: [GoldenRecord]
    var planted = PlantedSupply.absent
    var measuresTime = true

    /// - Throws: the refusal; step `gate`, or the earlier step that failed in the worker.
    func judge() throws(LoadError) -> GateReport {
        let started = platform_monotonic_ns()
        let until = started + Int64(settings.loadGate.timeoutMilliseconds * 1e6)
        let scorer: TrialScorer
        do throws(TrialFailure) {
            scorer = try TrialScorer(trial, wantedHeads: plan.wantedHeads)
        } catch {
            throw Self.refusal(error)
        }
        // What create says must fit the manifest, as it must for the model that will serve.
        _ = try MadeFacts(scorer.worker.info, plan)
        var report = GateReport(checks: [], milliseconds: 0)
        let checks = GateChecks(scorer, maker, planted: planted)
        for name in GateCheckName.allCases {
            guard platform_monotonic_ns() < until else {
                throw LoadError(
                    .gate,
                    "it took longer than loadGate.timeoutMilliseconds \(settings.loadGate.timeoutMilliseconds) ms; "
                        + "\(name.rawValue) came next")
            }
            let check = try run(name, checks, scorer)
            if check.outcome == .failed { throw LoadError(.gate, "\(check.name): \(check.detail)") }
            report.checks.append(check)
        }
        try requireRanking(report)
        report.milliseconds = Double(platform_monotonic_ns() - started) / 1e6
        return report
    }

    private func run(
        _ name: GateCheckName, _ checks: GateChecks, _ scorer: TrialScorer
    ) throws(LoadError) -> GateReport.Check {
        do throws(TrialFailure) {
            switch name {
            case .answers: return try checks.answers()
            case .range: return try checks.range()
            // Where they lie nobody but the host can write: whoever tried died in `answers`.
            case .inputs: return .init(.inputs, .passed, "they were read-only")
            case .deterministic: return try checks.deterministic()
            case .permutation: return try checks.permutation()
            case .split: return try checks.split()
            case .scoreKeepsState: return try checks.scoreKeepsState()
            case .stateRoundTrip: return try checks.stateRoundTrip()
            case .stateDamage: return try checks.stateDamage()
            case .monotone: return try checks.monotone()
            // A signature's records were scored before anything else (`prove`).
            case .golden where plan.setting.foreign != nil: return .init(.golden, .passed, "the signature's records")
            case .golden: return try checks.golden(golden)
            // Its signature says nothing of what its numbers mean; its records do.
            case .plantedWorld where plan.setting.foreign != nil, .nothingRelevant where plan.setting.foreign != nil:
                return .init(name, .notChecked, "a foreign function is shown by its records")
            case .plantedWorld: return try checks.plantedWorld()
            case .nothingRelevant: return try checks.nothingRelevant()
            case .destroy:
                try scorer.worker.destroy()
                return .init(.destroy, .passed, "the model ended")
            case .latency where !measuresTime: return .init(.latency, .notChecked, "time isn't measured here")
            case .latency:
                let deadline = plan.setting.deadlineMilliseconds ?? settings.turn.scoringBudgetMilliseconds
                return try checks.latency(deadlineMilliseconds: deadline, tier: plan.tier)
            }
        } catch {
            let culprit = error.isWrittenInput ? GateCheckName.inputs : name
            throw LoadError(.gate, "\(culprit.rawValue): \(error)")
        }
    }

    private static func refusal(_ failure: TrialFailure) -> LoadError {
        switch failure {
        case .refused(let operation, let status, let message):
            if operation != "create" {
                let steps: [Int32: LoadStep] = [MNEME_LOAD_ENTRY: .entry, MNEME_LOAD_TABLE: .table]
                return LoadError(steps[status] ?? .load, message)
            }
            return LoadError(.create, "\(ScoringFailure.name(status)): \(message)")
        case .late, .died: return LoadError(failure.isOfCreate ? .create : .load, "\(failure), in a worker")
        case .unfit(let error): return error
        case .unable(let reason): return LoadError(.load, reason)
        }
    }

    private func requireRanking(_ report: GateReport) throws(LoadError) {
        let ranking = report.checks.filter { check in GateCheckName.ranking.contains { $0.rawValue == check.name } }
        guard !ranking.contains(where: { $0.outcome == .passed }) else { return }
        let reasons = ranking.map { "\($0.name) (\($0.detail))" }.joined(separator: ", ")
        throw LoadError(
            .gate,
            "nothing shows which way up it ranks; not checked: \(reasons). Mark columns of which more is never worse "
                + "\"monotone\": true in the manifest, or give the scorer \"golden\" records in plugins.json")
    }
}

extension TrialFailure {
    package var isWrittenInput: Bool {
        if case .died(_, _, .wroteInput) = self { true } else { false }
    }

    fileprivate var isOfCreate: Bool {
        switch self {
        case .late("create", _), .died("create", _, _): true
        default: false
        }
    }
}
