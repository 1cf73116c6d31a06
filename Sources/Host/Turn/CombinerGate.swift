import Gate

/// A gate as a configuration serves it: weights, and which of the scorers they know.
package struct CombinerGate: Sendable {
    package let weights: GateWeights
    package let path: String
    /// SHA-256 of the file.
    package let hash: String
    package let warnings: [String]
    /// Scorers of the combiner that the weights don't fit, with the reason.
    package let strangers: [(id: String, reason: String)]
    private let setting: GateSetting
    private let temperature: Double

    /// - Parameter scorers: those that serve and that the combiner may see.
    init(_ file: GateFile, _ setting: GateSetting, scorers: [Model]) {
        self.setting = setting
        let weights = file.weights
        (self.weights, path, hash) = (weights, file.path, file.hash)
        strangers = scorers.compactMap { model in
            guard let index = weights.shape.index(of: model.id) else {
                let known = weights.shape.scorers.map(\.id).joined(separator: ", ")
                return (model.id, "has no weights for \(model.id); it knows \(known)")
            }
            let learned = weights.shape.scorers[index].scale
            if learned == model.scale { return nil }
            let scales = "learned from scale \(learned.rawValue), its head has \(model.scale.rawValue)"
            return (model.id, "has no weights for \(model.id) as it is: \(scales)")
        }
        warnings = file.warnings + strangers.map { "the gate \($0.reason)" }
        temperature = setting.temperature ?? Double(weights.temperature)
    }

    package var columns: [String] { weights.shape.columns.map(\.name) }

    /// Turns that a stranger answers go to the fallback.
    package var yieldsToStrangers: Bool { !strangers.isEmpty && setting.whenNoWeightsFor == .fallback }

    /// Those that needn't be asked.
    var strangersLeftOut: Set<String> { setting.whenNoWeightsFor == .ignore ? Set(strangers.map(\.id)) : [] }

    /// What speaks against the gate for a turn that these answered; nil = nothing does.
    func stranger(among outcomes: [ScoringOutcome]) -> String? {
        let found = strangers.first { stranger in outcomes.contains { $0.scorer == stranger.id && $0.goodRows > 0 } }
        return found.map { "the gate \($0.reason)" }
    }

    /// nil = nobody that the weights know answered.
    ///
    /// - Parameter block: the gate's columns, all rows; nil = unknown.
    func combine(_ outcomes: [ScoringOutcome], columns block: ColumnBlock?, rows count: Int, trust: [String: Double]) -> Combination? {
        var rows = GateRows(weights.shape, count: count)
        var answered: [(index: Int, outcome: ScoringOutcome)] = []
        for outcome in outcomes {
            guard let sheet = outcome.sheet, outcome.goodRows > 0, let index = weights.shape.index(of: outcome.scorer),
                !strangers.contains(where: { $0.id == outcome.scorer })
            else { continue }
            rows.set(scorer: index, sheet.usableValues(allGood: outcome.goodRows == count))
            answered.append((index, outcome))
        }
        guard !answered.isEmpty else { return nil }
        if let block { rows.set(columns: block.values, known: block.present) }
        var pass = GatePass(weights)
        pass.forward(rows, trust: trust.isEmpty ? [] : weights.shape.scorers.map { min(0, trust[$0.id] ?? 0) })
        let names = answered.map { "\($0.outcome.scorer) \($0.outcome.version)" }.joined(separator: ", ")
        let temperature = temperature
        var combination = Combination(
            name: "gate(\(names))", scores: pass.scores.map { Float($0 / temperature) }, placed: (0..<count).map(pass.isScored)
        ) { [pass] row in
            var parts: [TurnScores.NamedPart] = []
            parts.reserveCapacity(answered.count)
            for (index, outcome) in answered where outcome.sheet?.status(row) == .ok {
                parts.append(.init(name: outcome.scorer, value: Float(pass.contribution(row: row, scorer: index) / temperature)))
            }
            return parts
        }
        combination.confidence = pass.confidence.map { Float($0) }
        combination.combined = answered.map(\.outcome.scorer)
        return combination
    }
}

extension ScoreSheet {
    /// Under the first head; not a number where the row isn't OK.
    package func usableValues(allGood: Bool = false) -> [Float] {
        var values = withValues(Array.init)
        if !allGood { for row in values.indices where status(row) != .ok { values[row] = .nan } }
        return values
    }
}

extension Model {
    /// Of the first head that it is asked for.
    var scale: GateShape.Scale {
        let index = headMask.trailingZeroBitCount
        guard manifest.heads.indices.contains(index) else { return .rankOnly }
        switch manifest.heads[index].scale {
        case .logit: return .logit
        case .probability: return .probability
        case .rankOnly: return .rankOnly
        }
    }
}
