import Evaluation
import Features
import Foundation
import Host
import Storage

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
        var questions = try self.questions()
        if let questionLimit {
            var seen: [String: Int] = [:]
            questions = questions.filter { question in
                seen[question.conversation, default: 0] += 1
                return seen[question.conversation, default: 0] <= questionLimit
            }
        }
        var table = Table(
            conversations: Set(questions.map(\.conversation)).count, memories: totals.added,
            questions: questions.count, rows: [])
        for ranker in rankers {
            table.rows.append(try measure(ranker, plain, questions) { progress(ranker, $0, questions.count) })
        }
        return table
    }

    private func measure(
        _ ranker: String, _ engine: Engine, _ questions: [EvaluationQuery], _ progress: (Int) -> Void
    ) throws -> Row {
        var metrics: [RankedQuery] = []
        var poolRecall = 0.0
        var scorers: Set<String> = []
        var degraded: Set<String> = []
        var baselines: [String: ConversationBaseline] = [:]
        let clock = ContinuousClock()
        var spent = Duration.zero
        for (index, question) in questions.enumerated() {
            var start = clock.now
            let ranked: [String]
            if ranker == "fts5" {
                let baseline =
                    try baselines[question.conversation]
                    ?? ConversationBaseline(engine, conversation: question.conversation)
                if baselines.updateValue(baseline, forKey: question.conversation) == nil { start = clock.now }
                ranked = try baseline.ranking(question.question, limit: poolSize ?? 200)
                scorers.insert("SQLite FTS5 bm25()")
            } else {
                var request = SearchRequest()
                request.scope = Scope(user: question.conversation)
                request.query = question.question
                request.limit = poolSize ?? 200
                request.nowMilliseconds = question.askedAtMilliseconds
                request.utcOffsetSeconds = 0
                request.scorers = [ranker]
                request.remember = false
                let ranking = try engine.search(request)
                ranked = ranking.memories.sorted { $0.rank < $1.rank }.map(\.id)
                scorers.formUnion(ranking.scorers)
                degraded.formUnion(ranking.degraded)
            }
            spent += clock.now - start
            let relevant = Set(question.evidence)
            let ranks = ranked.enumerated().filter { relevant.contains($1) }.map { $0.offset + 1 }
            if let query = RankedQuery(goldRanks: ranks, goldCount: relevant.count) { metrics.append(query) }
            poolRecall += Double(ranks.count) / Double(relevant.count)
            if index % 50 == 49 { progress(index + 1) }
        }
        let reported: [RankingMetric] = [.recall5, .recall10, .reciprocalRank, .dcg10]
        return Row(
            ranker: ranker,
            metrics: reported.map { metric in
                let interval = BootstrapInterval(
                    Sample(metrics.map(metric.value)), resamples: resamples, seed: seed)
                return (metric.rawValue, interval.mean, interval.low, interval.high)
            },
            poolRecall: questions.isEmpty ? 0 : poolRecall / Double(questions.count),
            millisecondsPerQuery: questions.isEmpty ? 0 : spent.milliseconds / Double(questions.count),
            scorers: scorers.sorted(),
            degraded: degraded.sorted())
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

/// FTS5 alone over one conversation: a document is «speaker: text [photo: caption]».
private struct ConversationBaseline {
    let ids: [String]
    let index: FTS5Baseline

    init(_ engine: Engine, conversation: String) throws {
        var ids: [String] = []
        var documents: [String] = []
        try engine.store.forEachMemory(scope: Scope(user: conversation)) { stored in
            ids.append(stored.id)
            let caption = stored.memory.caption.map { " [photo: \($0)]" } ?? ""
            documents.append("\(stored.memory.author ?? ""): \(stored.memory.text)\(caption)")
        }
        self.ids = ids
        index = try FTS5Baseline(documents: documents)
    }

    func ranking(_ question: String, limit: Int) throws -> [String] {
        try index.ranking(words: Tokenizer.tokens(question), limit: limit).map { ids[$0] }
    }
}
