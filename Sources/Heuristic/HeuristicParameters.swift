/// Which formula ranks.
package enum HeuristicMode: String, Sendable, CaseIterable {
    /// F1, nudged by recency, use, importance and graph within bounds: the default.
    case bounded
    /// Pinned = 1, else importance · 0.95^(days): the seeds' formula, kept as the documented baseline.
    /// On LoCoMo it destroys recall (`data/BASELINES.md`).
    case effective
    /// Recency + importance + relevance, each scaled to 0–1 within the pool (Park et al. 2023).
    case generativeAgents = "generative-agents"
}

/// What a user may set. The weights of F1 aren't here: they were set once on dev and hold on heldout
/// (`references/retrieval.md` §3: "do not tune further").
package struct HeuristicParameters: Sendable, Equatable {
    package var mode: HeuristicMode
    /// b of the factor 1 + b(2x − 1) per signal x in 0–1: the score moves by at most ±b of itself.
    ///
    /// .05 costs LoCoMo dev .006 DCG@10 and RealTalk .001; .1 costs .021 and .001, .2 .055 and .010
    /// (prior.recency@1, half-life 30 days; neither set rewards recency).
    package var recencyBound: Float
    package var useBound: Float
    package var importanceBound: Float
    package var graphBound: Float
    /// Nats per unit of cosine.
    ///
    /// With LSA-256 vectors, a weak encoder, R@5 / MRR / DCG@10 on dev at 0, 2 and 10: LoCoMo
    /// .751/.655/.790, .753/.652/.790, .742/.634/.769; RealTalk .490/.512/.645, .487/.514/.646,
    /// .483/.503/.624. A better encoder may deserve more; none was measured.
    package var vectorWeight: Float
    /// Nats taken from a memory that a newer one replaces.
    package var supersededPenalty: Float

    package init(
        mode: HeuristicMode = .bounded, recencyBound: Float = 0.05, useBound: Float = 0.1,
        importanceBound: Float = 0.1, graphBound: Float = 0.1, vectorWeight: Float = 2,
        supersededPenalty: Float = 3
    ) {
        self.mode = mode
        self.recencyBound = recencyBound
        self.useBound = useBound
        self.importanceBound = importanceBound
        self.graphBound = graphBound
        self.vectorWeight = vectorWeight
        self.supersededPenalty = supersededPenalty
    }

    /// F1 as published: no nudges.
    package static let plain = HeuristicParameters(
        recencyBound: 0, useBound: 0, importanceBound: 0, graphBound: 0, supersededPenalty: 0)
}

/// One number a configuration may set, with the range it is checked against.
package struct HeuristicOption: Sendable {
    package let name: String
    package let standard: Float
    package let range: ClosedRange<Float>
    let keyPath: any WritableKeyPath<HeuristicParameters, Float> & Sendable
}

extension HeuristicParameters {
    /// In the order a manifest lists them.
    package static let options: [HeuristicOption] = {
        let standard = HeuristicParameters()
        func option(
            _ name: String, _ keyPath: any WritableKeyPath<HeuristicParameters, Float> & Sendable,
            _ range: ClosedRange<Float>
        ) -> HeuristicOption {
            HeuristicOption(name: name, standard: standard[keyPath: keyPath], range: range, keyPath: keyPath)
        }
        return [
            option("recencyBound", \.recencyBound, 0...0.5), option("useBound", \.useBound, 0...0.5),
            option("importanceBound", \.importanceBound, 0...0.5),
            option("graphBound", \.graphBound, 0...0.5), option("vectorWeight", \.vectorWeight, 0...100),
            option("supersededPenalty", \.supersededPenalty, 0...100),
        ]
    }()

    /// Sets one option by name.
    ///
    /// - Returns: False, and nothing is changed, if the name is unknown or the value out of range.
    package mutating func set(_ name: String, to value: Float) -> Bool {
        guard let option = Self.options.first(where: { $0.name == name }), option.range.contains(value)
        else { return false }
        self[keyPath: option.keyPath] = value
        return true
    }
}
