import Evaluation
import StateSpace
import Synthetic

/// Lists of held-out worlds: other seeds and other settings than any that is trained on.
struct PlantedPathBoard: Sendable {
    /// A list and what it is for; nil = a list as met, where every pattern has its say.
    struct Entry: Sendable {
        var pattern: PathPattern?
        var world: Int
        var list: PlantedPathList
    }

    let entries: [Entry]
    /// The canaries' lists, their right answers drawn regardless of them.
    let twins: [Entry]

    /// - Parameters:
    ///   - met: lists as met per world.
    ///   - lists: per pattern and world.
    init(worlds: Int, lists: Int = 2, met: Int = 4, settings: PathWorldSettings = .other, seed: UInt64) {
        var entries: [Entry] = []
        var twins: [Entry] = []
        for number in 0..<worlds {
            // No training seed leads here: the stream's second word is the board's own.
            var random = SplitMix64(seeds: seed, 0xB0A2D, UInt64(number))
            let world = PathWorld(seed: random.next(), settings: settings)
            entries += (0..<met).map { Entry(pattern: nil, world: number, list: world.list($0)) }
            for pattern in PathPattern.allCases {
                let canary = PathCanary(pattern, in: world)
                for list in 0..<lists {
                    entries.append(Entry(pattern: pattern, world: number, list: canary.list(list)))
                    twins.append(Entry(pattern: pattern, world: number, list: canary.twin(list)))
                }
            }
        }
        self.entries = entries
        self.twins = twins
    }

    /// Where a list's right answer comes out.
    struct Answer: Sendable {
        var pattern: PathPattern?
        var world: Int
        /// By the labels as seen, and by the clean ones; nil = nothing is relevant.
        var seen: TiedRank?
        var clean: TiedRank?
        /// Of the best candidate, against the null candidate's zero.
        var best: Float
    }

    /// - Parameter scores: of each candidate of a list.
    static func answers(_ entries: [Entry], _ scores: (PlantedPathList) -> [Float]) -> [Answer] {
        entries.map { entry in
            let scores = scores(entry.list)
            func rank(_ relevant: Int?) -> TiedRank? { relevant.map { TiedRank(scores: scores, relevant: $0) } }
            return Answer(
                pattern: entry.pattern, world: entry.world, seen: rank(entry.list.noisyRelevant),
                clean: rank(entry.list.relevant), best: scores.max() ?? 0)
        }
    }

    /// What a model says, columns as they come.
    static func scorer(_ model: PathModel) -> (PlantedPathList) -> [Float] {
        let reader = PlantedPathInputs(model.configuration)
        let activations = PathActivations(model.configuration)
        return { list in
            var inputs = PathInputs()
            reader.append(list, to: &inputs)
            model.score(inputs, with: activations)
            return activations.rows
        }
    }

    static let oracle: @Sendable (PlantedPathList) -> [Float] = { $0.utilities.map(Float.init) }

    /// Half the mean reciprocal rank of lists as met, half the patterns': what early stopping watches.
    static func worth(_ answers: [Answer]) -> Double {
        func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
        let met = answers.filter { $0.pattern == nil }.compactMap { $0.seen?.reciprocalRank }
        let planted = answers.filter { $0.pattern != nil }.compactMap { $0.seen?.reciprocalRank }
        return (mean(met) + mean(planted)) / 2
    }
}
