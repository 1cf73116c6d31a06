import Foundation

/// One front door to the offline protocols: a folder of data in, tables of rankers out.
package struct DataEvaluation: Sendable {
    package var folder: String
    /// A plugins.json, its text and path, for the kinds that ask a configured host.
    package var plugins: (text: String, path: String)?
    /// Weights for the kinds that ask one library: accesses, sequences and paths.
    package var weights: String?
    /// inline, watched or process; for sequences nil = the model in this process, without the library.
    package var tier: String?
    package var pluginFolders: [String] = []
    package var seed: UInt64 = 7
    package var resamples = 2000
    /// Only the first so many questions (of each conversation) or users; nil = all.
    package var limit: Int?

    package init(folder: String) { self.folder = folder }

    /// - Parameter progress: What is being measured, how much is done, of how much.
    /// - Throws: `EngineError`: a folder that holds nothing to measure, an option that its kind doesn't have, a scorer that
    ///   doesn't go live.
    package func run(progress: (_ what: String, _ done: Int, _ total: Int) -> Void) throws -> [ComparisonTable] {
        let data = try DataFolder(folder)
        try check(data)
        var comparison = Comparison([])
        (comparison.resamples, comparison.seed) = (resamples, seed)
        switch data {
        case .questions(let dataset):
            var evaluation = RetrievalEvaluation(folder: dataset.folder, rankers: ["fts5", "bounded"], pluginFolders: pluginFolders)
            evaluation.plugins = plugins
            evaluation.questionLimit = limit
            comparison.metrics = RetrievalEvaluation.compared.map(\.rawValue)
            return [try evaluation.compare(comparison, progress: progress)]
        case .accesses(let dataset):
            var evaluation = AccessEvaluation(folder: dataset.folder, weights: weights, pluginFolders: pluginFolders)
            evaluation.tier = tier ?? "inline"
            comparison.metrics = AccessEvaluation.metrics.map(\.rawValue)
            return try evaluation.compare(comparison, progress: progress)
        case .sequences(let folder):
            var evaluation = SequenceEvaluation(folder: folder, weights: weights)
            (evaluation.tier, evaluation.pluginFolders, evaluation.limit) = (tier, pluginFolders, limit)
            comparison.metrics = SequenceEvaluation.compared.map(\.rawValue)
            return try evaluation.compare(comparison, progress: progress)
        case .stream(let file):
            var evaluation = StreamEvaluation(file: file)
            comparison.metrics = evaluation.comparison.metrics
            evaluation.comparison = comparison
            return [try evaluation.run { progress("events", $0, $1) }]
        case .paths(let folder):
            var subject = plugins.map { PathEvaluation.Subject.configuration(text: $0.text, path: $0.path) }
            if let weights { subject = .weights(weights, pluginFolders: pluginFolders) }
            var evaluation = PathEvaluation(folder: folder, set: nil, subject: subject)
            evaluation.questionLimit = limit
            return [try evaluation.compare(comparison) { progress("questions", $0, $1) }]
        }
    }

    /// An option that would be ignored is an error: its user believes that it did something.
    private func check(_ data: DataFolder) throws {
        let (takesPlugins, takesWeights, takesTier, takesLimit) =
            switch data {
            case .questions: (true, false, false, true)
            case .accesses: (false, true, true, false)
            case .sequences: (false, true, true, true)
            case .stream: (false, false, false, false)
            case .paths: (true, true, false, true)
            }
        for (name, isGiven, isTaken) in [
            ("--plugins", plugins != nil, takesPlugins), ("--weights", weights != nil, takesWeights),
            ("--tier", tier != nil, takesTier), ("--questions", limit != nil, takesLimit),
        ] where isGiven && !isTaken {
            throw EngineError(.invalidInput, "\(folder) is recognised as \(data.kind), which takes no \(name)")
        }
        if plugins != nil, weights != nil {
            throw EngineError(.invalidInput, "--plugins and --weights name two things to measure; give one")
        }
        if tier != nil, weights == nil {
            throw EngineError(.invalidInput, "--tier says where the weights run; give --weights too")
        }
    }
}
