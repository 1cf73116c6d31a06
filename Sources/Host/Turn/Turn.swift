/// One turn's scoring: asks scorers, combines what came, fills what is left.
final class Turn {
    // Not Sendable on purpose: it lives on the caller's thread for the length of one turn.
    let configuration: Configuration
    let request: ScoringRequest
    private let deadline: Int64
    private let provider: ([String]) -> ColumnBlock
    private var blocks: [(columns: [String], block: ColumnBlock)] = []
    private var outcomes: [ScoringOutcome] = []
    var degraded: [String] = []
    /// Models whose breaker may close, with the batch to find out by.
    private(set) var probes: [(Model, CallInputs)] = []

    init(
        _ configuration: Configuration, _ request: ScoringRequest, deadline: Int64,
        columns: @escaping ([String]) -> ColumnBlock
    ) {
        self.configuration = configuration
        self.request = request
        self.deadline = deadline
        provider = columns
    }

    func run() -> TurnScores {
        let settings = configuration.settings
        // Nothing to score: nobody is asked.
        guard request.rowCount > 0 else { return emptyScores }
        var combination: Combination?
        if let named = request.scorers {
            combination = first(of: named)
        } else {
            switch settings.combiner.kind {
            case .first: combination = first(of: configuration.combined)
            case .fixed:
                combination = Combiner.fixed(
                    askAll(), weights: settings.combiner.weights, rows: request.rowCount)
            case .rrf: combination = Combiner.rrf(askAll(), k: settings.combiner.k, rows: request.rowCount)
            case .gate: combination = gated()
            }
        }
        if combination == nil { combination = first(of: settings.fallback) }
        return finish(combination)
    }

    /// The first that gives at least one usable row; those before it are named as reasons.
    private func first(of ids: [String]) -> Combination? {
        for id in ids {
            if id == PluginsFile.floor { return nil }
            let outcome = outcomes.first { $0.scorer == id } ?? ask(id)
            if outcome.sheet != nil && outcome.goodRows > 0 { return Combination(ranking: outcome) }
        }
        return nil
    }

    /// Asks one and waits.
    private func ask(_ id: String) -> ScoringOutcome {
        let outcome: ScoringOutcome
        switch prepare(id) {
        case .success(let (model, inputs)): outcome = model.score(inputs, deadline: deadline)
        case .failure(let failure): outcome = refusal(id, failure)
        }
        note(outcome)
        return outcome
    }

    /// Dear watched scorers run beside the others; the rest one after the other on this CPU.
    func askAll(but left: Set<String> = []) -> [ScoringOutcome] {
        let ids = configuration.combined.filter { $0 != PluginsFile.floor && !left.contains($0) }
        var answers: [String: ScoringOutcome] = [:]
        var pending: [(id: String, model: Model, call: PendingCall)] = []
        for id in ids {
            guard case .success(let (model, inputs)) = prepare(id), model.isDear, model.thread != nil else { continue }
            switch model.begin(inputs, deadline: deadline) {
            case .success(let call): pending.append((id, model, call))
            case .failure(let failure): answers[id] = model.refusal(failure)
            }
        }
        for id in ids where answers[id] == nil && !pending.contains(where: { $0.id == id }) {
            switch prepare(id) {
            case .success(let (model, inputs)): answers[id] = model.score(inputs, deadline: deadline)
            case .failure(let failure): answers[id] = refusal(id, failure)
            }
        }
        for (id, model, call) in pending { answers[id] = model.finish(call) }
        let ordered = ids.compactMap { answers[$0] }
        ordered.forEach(note)
        return ordered
    }

    private func prepare(_ id: String) -> Result<(Model, CallInputs), ScoringFailure> {
        guard let model = configuration.models[id] else { return .failure(absence(of: id)) }
        let block = self.block(model.columns)
        if let problem = CallInputs.problem(block, rows: request.rowCount, columns: model.columns.count) {
            return .failure(.notAsked(problem))
        }
        if model.takesPaths, let paths = request.paths, let problem = PathLimits.problem(paths, rows: request.rowCount) {
            return .failure(.notAsked(problem))
        }
        let inputs = CallInputs(request, columns: block, for: model)
        switch model.breaker.verdict() {
        case .ask: return .success((model, inputs))
        case .probe:
            probes.append((model, inputs))
            return .failure(.skipped(model.breaker.reason))
        case .skip: return .failure(.skipped(model.breaker.reason))
        }
    }

    private func absence(of id: String) -> ScoringFailure {
        switch configuration.plugins.first(where: { $0.id == id })?.state {
        case .refused(let error): .notServed(error.description)
        case .disabled: .notServed("plugins.json says enabled: false")
        case .serving, nil:
            .notServed(
                "there is no such scorer; allowed: \(configuration.plugins.map(\.id).joined(separator: ", "))"
            )
        }
    }

    private func refusal(_ id: String, _ failure: ScoringFailure) -> ScoringOutcome {
        .refusal(ScorerName(id: id, version: "", parts: []), failure)
    }

    /// Scorers that read the same columns share one block.
    func block(_ columns: [String]) -> ColumnBlock {
        if let known = blocks.first(where: { $0.columns == columns }) { return known.block }
        let block = provider(columns)
        blocks.append((columns, block))
        return block
    }

    private func note(_ outcome: ScoringOutcome) {
        outcomes.append(outcome)
        if let failure = outcome.failure {
            degraded.append("\(outcome.scorer) \(failure)")
        } else if case .rebuilt = outcome.origin {
            degraded.append("\(outcome.scorer): its state was \(outcome.origin?.description ?? "")")
        } else if !outcome.faults.summary.isEmpty {
            degraded.append("\(outcome.scorer): \(outcome.faults.summary)")
        }
    }
}

// What is left is placed by the floor.
extension Turn {
    private var emptyScores: TurnScores {
        TurnScores(
            scores: [], origins: [], answeredBy: [], parts: [], outcomes: outcomes, degraded: degraded,
            configurationHash: configuration.settings.hash, elapsedNanoseconds: 0)
    }

    private func finish(_ combination: Combination?) -> TurnScores {
        let floor = configuration.floor
        let floorName = "\(PluginsFile.floor) \(floor.version)"
        var result = emptyScores
        guard let combination else {
            let wantsFloor =
                configuration.combined.first == PluginsFile.floor
                || request.scorers?.first == PluginsFile.floor
            if outcomes.isEmpty && !wantsFloor {
                result.degraded.append("no scorer is configured: the floor ranked")
            }
            let block = floorBlock()
            result.scores = floorScores(block)
            result.origins = [UInt8](repeating: 0, count: request.rowCount)
            result.answeredBy = [floorName]
            if request.wantsParts { result.parts = (0..<request.rowCount).map { floorParts(block, $0) } }
            return result
        }
        result.scores = combination.scores
        result.confidence = combination.confidence
        result.combined = combination.combined
        result.origins = [UInt8](repeating: 0, count: request.rowCount)
        result.answeredBy = [combination.name]
        if request.wantsParts { result.parts = (0..<request.rowCount).map(combination.parts) }
        fill(&result, combination, floorName)
        return result
    }

    /// Rows that nobody placed stand behind all others, in the floor's order.
    private func fill(_ result: inout TurnScores, _ combination: Combination, _ floorName: String) {
        let missing = (0..<request.rowCount).filter { !combination.placed[$0] }
        guard !missing.isEmpty else { return }
        let block = floorBlock()
        let floor = floorScores(block)
        let least =
            (0..<request.rowCount).filter { combination.placed[$0] }.map { combination.scores[$0] }.min() ?? 0
        let most = missing.map { floor[$0] }.max() ?? 0
        result.answeredBy.append(floorName)
        for row in missing {
            let step = least - 1 - most
            result.scores[row] = floor[row] + step
            result.origins[row] = 1
            if request.wantsParts {
                result.parts[row] =
                    floorParts(block, row) + [.init(name: "not scored by \(combination.name)", value: step)]
            }
        }
    }

    /// A provider that breaks its promise costs the floor its columns, not the turn its answer.
    private func floorBlock() -> ColumnBlock? {
        let columns = configuration.floor.columns
        let block = self.block(columns)
        return CallInputs.problem(block, rows: request.rowCount, columns: columns.count) == nil ? block : nil
    }

    private func floorScores(_ block: ColumnBlock?) -> [Float] {
        guard let block else { return [Float](repeating: 0, count: request.rowCount) }
        let scores = configuration.floor.score(block)
        guard scores.count == request.rowCount else { return [Float](repeating: 0, count: request.rowCount) }
        return scores.map { $0.isFinite ? $0 : 0 }
    }

    private func floorParts(_ block: ColumnBlock?, _ row: Int) -> [TurnScores.NamedPart] {
        guard let block else { return [] }
        return zip(configuration.floor.partNames, configuration.floor.parts(block, row)).map {
            .init(name: $0, value: $1)
        }
    }
}
