import Platform

/// Timings of calls through a library, on rows of plausible numbers. Never part of a test.
extension ScorerHost {
    /// Percentiles in microseconds per call.
    package struct BenchFigure: Sendable {
        package let name: String
        package let p50: Double
        package let p99: Double
        package let calls: Int
    }

    /// The first served scorer's own function; the same inline, watched and in a process of its own; a Unix socket that
    /// carries as many bytes as the process tier; and a bare hand-over. nil = nothing serves.
    ///
    /// All take turns in short blocks, so that they see the same machine.
    package func bench(rows: Int, calls: Int) -> [BenchFigure]? {
        // A foreign function has no other tier to compare.
        let served = configuration.models
        guard let serving = configuration.settings.scorers.first(where: { $0.foreign == nil && served[$0.id] != nil })?.id,
            let inline = benchModel(serving, .inline)
        else { return nil }
        let dimension = environment.embedding?.dimension ?? 0
        let sample = BenchInputs(rows: rows, inline, dimension: dimension)
        let tiers = Tier.allCases.compactMap { tier in
            tier == .inline ? (tier, inline) : benchModel(serving, tier).map { (tier, $0) }
        }
        var runs = tiers.map { tier, model in
            let inputs = BenchInputs(rows: rows, model, dimension: dimension).inputs
            return BenchRun("\(tier)", isGrouped: tier == .inline) { _ = model.score(inputs, deadline: .max) }
        }
        if let socket = SocketPeer(requestBytes: sample.requestBytes, answerBytes: sample.answerBytes) {
            let name = "unix socket of \(sample.requestBytes) + \(sample.answerBytes) bytes"
            runs.append(BenchRun(name) { _ = socket.exchange() })
        }
        let futex = FutexPeer()
        defer { futex.stop() }
        runs += futex.runs
        var figures: [BenchFigure] = []
        inline.withDirectCall(sample.inputs) { call in
            withoutActuallyEscaping(call) { call in
                let direct = rows <= inline.maxRows ? [BenchRun("direct", isGrouped: true, call)] : []
                figures = BenchRun.measure(direct + runs, calls: calls)
            }
        }
        return figures
    }

    /// The scorer in that tier, with nothing else loaded.
    private func benchModel(_ id: String, _ tier: Tier) -> Model? {
        var settings = configuration.settings
        settings.scorers = settings.scorers.filter { $0.id == id }
        settings.scorers[0].tier = tier
        settings.scorers[0].deadlineMilliseconds = nil
        return Configuration.load(settings, environment).model(id)
    }
}
