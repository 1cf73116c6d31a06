import Host
import Platform

/// All checks of a library, in order, with their findings.
package struct Checkup: Sendable {
    package var library: String
    package var id: String?
    package var version: String?
    package var seed: UInt64
    package var results: [CheckResult]
    package var isPassed: Bool { !results.contains { $0.finding.outcome == .failed } }

    package static let checks: [Check] =
        StaticChecks.all + LoadChecks.all + ScoringChecks.all + RankingChecks.all + StateChecks.all + LifeChecks.all
        + FaultChecks.all

    /// - Parameters:
    ///   - only: names of checks; those that they need run as well. Empty = all up to the level.
    ///   - told: each result as it comes.
    /// - Throws: only if there is no readable file.
    package static func run(
        _ request: TrialPreparation.Request, level: Check.Level = .survives, only: [String] = [],
        told: (CheckResult) -> Void = { _ in }
    ) throws(LoadError) -> Checkup {
        let trial = try Trial(request)
        var results: [CheckResult] = []
        for check in wanted(level, only) {
            let started = platform_monotonic_ns()
            let finding = find(check, trial, results)
            let elapsed = Double(platform_monotonic_ns() - started) / 1e6
            let result = CheckResult(
                name: check.name, group: check.group, level: check.level, finding: finding, milliseconds: elapsed)
            results.append(result)
            told(result)
        }
        let manifest = try? trial.examination.manifest?.get()
        return Checkup(
            library: request.path, id: manifest?.id, version: manifest?.version, seed: request.seed, results: results)
    }

    private static func find(_ check: Check, _ trial: Trial, _ results: [CheckResult]) -> Finding {
        let missing = check.needs.first { need in results.first { $0.name == need }?.finding.outcome != .passed }
        if let missing { return .notChecked("\(missing) didn't pass") }
        do throws(TrialEnd) {
            return try check.run(trial)
        } catch {
            switch error {
            case .failure(let failure): return Attribution.finding(failure, in: check)
            }
        }
    }

    private static func wanted(_ level: Check.Level, _ only: [String]) -> [Check] {
        guard !only.isEmpty else { return checks.filter { $0.level <= level } }
        var names = Set(only)
        // Needs stand before what needs them, so one pass from the end finds them all.
        for check in checks.reversed() where names.contains(check.name) { names.formUnion(check.needs) }
        return checks.filter { names.contains($0.name) }
    }
}
