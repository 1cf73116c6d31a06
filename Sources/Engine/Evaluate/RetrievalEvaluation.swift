import Evaluation
import Foundation
import Host

/// Measures rankers on conversations with questions and evidence, through the real store, pool and libraries.
package struct RetrievalEvaluation {
    package struct Row: Sendable {
        package var ranker: String
        package var metrics: [(name: String, mean: Double, low: Double, high: Double)]
        package var poolRecall: Double
        package var millisecondsPerQuery: Double
        package var scorers: [String]
        package var degraded: [String]
    }

    package struct Table: Sendable {
        package var conversations: Int
        package var memories: Int
        package var questions: Int
        package var rows: [Row]
    }

    /// `fts5` is FTS5 alone; the others are modes of the heuristic's library.
    package static let defaultRankers = ["fts5", "effective", "generative-agents", "bounded"]

    package var folder: String
    package var rankers: [String]
    package var pluginFolders: [String]
    /// A plugins.json, its text and path: each of its scorers is measured alone, and all of them as it combines them.
    package var plugins: (text: String, path: String)?
    package var seed: UInt64 = 7
    package var resamples = 2000
    package var poolSize: Int?
    package var questionLimit: Int?

    package init(folder: String, rankers: [String], pluginFolders: [String]) {
        self.folder = folder
        self.rankers = rankers.isEmpty ? Self.defaultRankers : rankers
        self.pluginFolders = pluginFolders
    }

    package func run(progress: (_ ranker: String, _ done: Int, _ total: Int) -> Void) throws -> Table {
        let judged = try judged(progress: progress)
        let reported: [RankingMetric] = [.recall5, .recall10, .reciprocalRank, .dcg10]
        return Table(
            conversations: Set(judged.questions.map(\.conversation)).count, memories: judged.memories,
            questions: judged.questions.count,
            rows: judged.rankings.map { ranking in
                let queries = ranking.queries(judged.questions)
                return Row(
                    ranker: ranking.name,
                    metrics: reported.map { metric in
                        let interval = BootstrapInterval(Sample(queries.map(metric.value)), resamples: resamples, seed: seed)
                        return (metric.rawValue, interval.mean, interval.low, interval.high)
                    }, poolRecall: ranking.poolRecall(judged.questions), millisecondsPerQuery: ranking.millisecondsPerQuery,
                    scorers: ranking.scorers, degraded: ranking.degraded)
            })
    }

    /// The questions, and what every ranker answered.
    struct Judged {
        var memories: Int
        var questions: [EvaluationQuery]
        var rankings: [RetrievalRanking]
    }

    func judged(progress: (_ ranker: String, _ done: Int, _ total: Int) -> Void) throws -> Judged {
        for ranker in rankers where !Self.defaultRankers.contains(ranker) {
            throw EngineError(
                .invalidInput,
                "unknown ranker \"\(ranker)\"; allowed: \(Self.defaultRankers.joined(separator: ", "))")
        }
        let work = FileManager.default.temporaryDirectory.appendingPathComponent(
            "mneme-eval-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: work) }
        let database = work.appendingPathComponent("eval.db").path
        let plain = try Engine(
            databasePath: database,
            configuration: (Self.configuration(rankers, pluginFolders), work.path + "/plugins.json"))
        let totals = try ImportRun(engine: plain, scope: Scope()).run(
            try reader(), onProgress: { _, _ in }, onCommit: { _ in }, onProblem: { _, _ in })
        var subjects = rankers.map {
            RetrievalSubject(name: $0, engine: plain, scorers: $0 == "fts5" ? nil : [$0], isFTS5: $0 == "fts5")
        }
        if let plugins { subjects += try RetrievalSubject.all(of: plugins, database: database) }
        let questions = try limited(self.questions())
        let rankings = try subjects.map { subject in
            try subject.ranking(questions, poolSize: poolSize ?? 200) { progress(subject.name, $0, questions.count) }
        }
        return Judged(memories: totals.added, questions: questions, rankings: rankings)
    }

    private func limited(_ questions: [EvaluationQuery]) -> [EvaluationQuery] {
        guard let questionLimit else { return questions }
        var seen: [String: Int] = [:]
        return questions.filter { question in
            seen[question.conversation, default: 0] += 1
            return seen[question.conversation, default: 0] <= questionLimit
        }
    }

    private func reader() throws -> any ImportReader {
        switch Result(catching: { () throws(ImportError) in try Dataset(folder: folder).reader() }) {
        case .success(let reader): return reader
        case .failure(let error): throw EngineError(.invalidInput, error.description)
        }
    }

    /// Those with known evidence; adversarial ones are left out, as BASELINES.md does.
    private func questions() throws -> [EvaluationQuery] {
        switch Result(catching: { () throws(ImportError) in try Dataset(folder: folder).queries() }) {
        case .success(let found): return found.queries.filter(\.isPrimary)
        case .failure(let error): throw EngineError(.invalidInput, error.description)
        }
    }

    /// The same library once per mode.
    private static func configuration(_ rankers: [String], _ folders: [String]) -> String {
        let scorers = rankers.filter { $0 != "fts5" }.map { mode in
            #"{ "id": "\#(mode)", "library": "libHeuristicScorer.so", "tier": "inline", "options": { "mode": "\#(mode)" } }"#
        }
        let list = folders.map { "\"\($0)\"" }.joined(separator: ", ")
        return
            #"{ "version": 1, "trust": { "unpinned": "allow" }, "paths": { "plugins": [\#(list)] }, "turn": { "scoringBudgetMilliseconds": 1000 }, "scorers": [\#(scorers.joined(separator: ", "))] }"#
    }
}
