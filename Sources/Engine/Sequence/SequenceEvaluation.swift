import Evaluation
import Foundation
import StateSpace

/// Judges rankers of the next item on a folder: last item left out, all items or a hundred sampled ones as rivals.
package struct SequenceEvaluation {
    package struct Metric: Sendable {
        package var name: String
        package var mean, low, high: Double

        package init(name: String, mean: Double, low: Double, high: Double) {
            self.name = name
            self.mean = mean
            self.low = low
            self.high = high
        }
    }

    package struct Row: Sendable {
        package var ranker: String
        package var full, sampled: [Metric]
        package var millisecondsPerQuery: Double

        package init(ranker: String, full: [Metric], sampled: [Metric], millisecondsPerQuery: Double) {
            self.ranker = ranker
            self.full = full
            self.sampled = sampled
            self.millisecondsPerQuery = millisecondsPerQuery
        }
    }

    package struct Table: Sendable {
        package var dataset: String
        package var users, items, events, queries: Int
        package var rows: [Row]
        /// What the host said of turns that the library didn't answer.
        package var degraded: [String] = []

        package init(dataset: String, users: Int, items: Int, events: Int, queries: Int, rows: [Row]) {
            self.dataset = dataset
            self.users = users
            self.items = items
            self.events = events
            self.queries = queries
            self.rows = rows
        }
    }

    package var folder: String
    /// A model's file; nil = the baselines alone.
    package var weights: String?
    /// Ask the model through the host and libMambaScorer.so too: inline, watched or process; nil = not.
    package var tier: String?
    package var pluginFolders: [String] = []
    package var seed: UInt64 = 7
    package var resamples = 1000
    /// Only the first so many users.
    package var limit: Int?

    package init(folder: String, weights: String? = nil) {
        self.folder = folder
        self.weights = weights
    }

    /// Every ranker's places, query by query.
    struct Judged {
        var set: SequenceSet
        var items: Int
        var queries: Int
        var runs: [(name: String, isBaseline: Bool, full: [RankedQuery], sampled: [RankedQuery], millisecondsPerQuery: Double)]
        var degraded: [String]
    }

    package func run(progress: (_ ranker: String, _ done: Int, _ total: Int) -> Void) throws -> Table {
        let judged = try judged(progress: progress)
        var table = Table(
            dataset: judged.set.name, users: judged.set.users.count, items: judged.items, events: judged.set.events,
            queries: judged.queries,
            rows: judged.runs.map {
                Row(
                    ranker: $0.name, full: metrics($0.full), sampled: metrics($0.sampled),
                    millisecondsPerQuery: $0.millisecondsPerQuery)
            })
        table.degraded = judged.degraded
        return table
    }

    func judged(progress: (_ ranker: String, _ done: Int, _ total: Int) -> Void) throws -> Judged {
        let set = try SequenceFolder(folder).read()
        let index = ItemIndex(set.items)
        let sequences = set.users.map(index.sequence)
        var asked = SequenceQueries(sequences, items: index.count, fromEnd: 1)
        if let limit { asked.queries = Array(asked.queries.prefix(limit)) }
        // What may be learned from: everything but the targets.
        let known = sequences.map { $0.rows.count >= 3 ? $0.prefix($0.rows.count - 1) : $0 }
        let baselines: [any SequenceRanker] = [
            PopularityRanker(known, items: index.count), NeighbourRanker(known, items: index.count),
            FollowerRanker(known, items: index.count),
        ]
        var models: [any SequenceRanker] = []
        let model = try weights.map { try self.model($0, index) }
        if let model {
            models.append(ItemRanker(model.network, gapUnit: model.gapUnit, length: model.maxLength))
        }
        var served: ServedRanker?
        if let weights, let tier, let model {
            let path = URL(fileURLWithPath: weights).standardizedFileURL.path
            let ranker = try ServedRanker(
                weights: path, tier: tier, pluginFolders: pluginFolders, items: index.ids, length: model.maxLength)
            models.append(ranker)
            served = ranker
        }
        var judged = Judged(set: set, items: index.count, queries: asked.queries.count, runs: [], degraded: [])
        for (place, ranker) in (baselines + models).enumerated() {
            let (full, sampled, time) = measure(ranker, asked) { progress(ranker.name, $0, asked.queries.count) }
            judged.runs.append((ranker.name, place < baselines.count, full, sampled, time))
        }
        judged.degraded = served?.degraded.sorted() ?? []
        return judged
    }

    private func model(_ path: String, _ index: ItemIndex) throws -> ItemModel {
        do {
            let model = try ItemModel(SafetensorsFile(path: path))
            guard model.ids == index.ids else {
                throw EngineError(
                    .invalidInput,
                    "\(path) was trained on other items: it knows \(model.ids.count), the folder has \(index.count)")
            }
            return model
        } catch let error as SafetensorsError {
            throw EngineError(.invalidInput, "\(path): \(error)")
        }
    }

    private func measure(
        _ ranker: any SequenceRanker, _ asked: SequenceQueries, _ progress: (Int) -> Void
    ) -> (full: [RankedQuery], sampled: [RankedQuery], millisecondsPerQuery: Double) {
        var full: [RankedQuery] = []
        var sampled: [RankedQuery] = []
        var scores = [Float](repeating: 0, count: asked.items + 1)
        let clock = ContinuousClock()
        var spent = Duration.zero
        for (number, query) in asked.queries.enumerated() {
            let start = clock.now
            ranker.score(query.context, to: &scores)
            spent += clock.now - start
            let places = asked.places(query, scores: scores)
            if let query = RankedQuery(goldRanks: [places.full], goldCount: 1) { full.append(query) }
            if let query = RankedQuery(goldRanks: [places.sampled], goldCount: 1) { sampled.append(query) }
            if number % 200 == 199 { progress(number + 1) }
        }
        return (full, sampled, asked.queries.isEmpty ? 0 : spent.milliseconds / Double(asked.queries.count))
    }

    private func metrics(_ queries: [RankedQuery]) -> [Metric] {
        [RankingMetric.hitRate10, .ndcg10, .reciprocalRank10].map { metric in
            let interval = BootstrapInterval(
                Sample(queries.map(metric.value)), resamples: resamples, seed: seed)
            return Metric(name: metric.rawValue, mean: interval.mean, low: interval.low, high: interval.high)
        }
    }
}
