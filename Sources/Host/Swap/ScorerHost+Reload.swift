import Platform

// Swap: everything is made and judged beside what serves; the exchange itself is one store under a lock.
extension ScorerHost {
    /// Reads `plugins.json` again and serves what it selects, all of it or nothing.
    ///
    /// Turns in flight end on the configuration they began with. What serves is not touched by any failure.
    /// One reload runs at a time; a second waits.
    ///
    /// - Parameter cause: for the report: who asked.
    package func reload(cause: String) -> ReloadReport {
        reloading.withLock { _ in
            let started = platform_monotonic_ns()
            var report = attempt(cause: cause)
            report.milliseconds = Double(platform_monotonic_ns() - started) / 1e6
            if report.outcome == .refused { environment.log(.error, "reload", "\(cause): \(report.summary)") }
            newestReport.withLock { [report] in $0 = report }
            environment.onReload(report, configuration)
            return report
        }
    }

    /// How long the exchange waits for sessions to move; the rest follow at their first use.
    private static let movingNanoseconds: Int64 = 100_000_000

    private func attempt(cause: String) -> ReloadReport {
        let old = configuration
        var clock = StepClock()
        var report = ReloadReport(.refused, cause: cause, configuration: old.identity, previous: old.identity)
        guard let path else {
            report.problems = ["this process serves without a plugins.json: start it with --config"]
            return report
        }
        let settings: PluginsFile
        switch Result(catching: { () throws(PluginsFileError) in try PluginsFile.read(path: path) }) {
        case .success(let read): settings = read
        case .failure(let error):
            report.problems = error.description.split(separator: "\n").map(String.init)
            return report
        }
        lastRead.withLock { $0 = settings }
        clock.lap("read", &report)
        var environment = environment
        // Vectors are the embedder's, and the file may name another one now.
        environment.embedding = settings.embedder.map { ($0.model, $0.dimension) }
        let new = Configuration.load(settings, environment, reusing: old)
        clock.lap("load", &report)
        report.problems = new.plugins.compactMap { plugin in
            if case .refused(let error) = plugin.state { "\(plugin.id): \(error)" } else { nil }
        }
        if case .failure(let error) = new.gate { report.problems.append("combiner: \(error)") }
        guard report.problems.isEmpty else { return report }
        guard new.identity != old.identity else {
            report.outcome = .unchanged
            return report
        }
        exchange(old, new, &clock, &report)
        return report
    }

    private func exchange(_ old: Configuration, _ new: Configuration, _ clock: inout StepClock, _ report: inout ReloadReport) {
        let made = new.models.values.filter { old.models[$0.id] !== $0 }
        for model in made { model.warm() }
        clock.lap("warm", &report)
        let deadline = platform_monotonic_ns() + Self.movingNanoseconds
        for model in made {
            guard let before = old.models[model.id] else { continue }
            let (moved, left) = before.handOver(to: model, deadline: deadline)
            report.sessionsMoved += moved
            report.sessionsLeft += left
        }
        clock.lap("sessions", &report)
        _ = replace(with: new)
        clock.lap("exchange", &report)
        for model in old.models.values where new.models[model.id] !== model { model.retireSoon() }
        report.outcome = .applied
        report.configuration = new.identity
        func names(_ models: [Model]) -> [String] { models.map { "\($0.id) \($0.version)" }.sorted() }
        report.made = names(made)
        report.kept = names(new.models.values.filter { old.models[$0.id] === $0 })
        report.retired = names(old.models.values.filter { new.models[$0.id] !== $0 })
        report.warnings = new.plugins.flatMap { plugin in plugin.warnings.map { "\(plugin.id): \($0)" } } + new.gateWarnings
    }
}

/// Times of the steps, one after the other.
private struct StepClock {
    private var last = platform_monotonic_ns()

    mutating func lap(_ name: String, _ report: inout ReloadReport) {
        let now = platform_monotonic_ns()
        report.steps.append(.init(name: name, milliseconds: Double(now - last) / 1e6))
        last = now
    }
}
