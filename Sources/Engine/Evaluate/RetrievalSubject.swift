import Evaluation
import Features
import Host
import Storage

/// What one ranker answered to every question, best first.
struct RetrievalRanking {
    var name: String
    var ids: [[String]] = []
    var millisecondsPerQuery = 0.0
    var scorers: [String] = []
    var degraded: [String] = []

    func queries(_ questions: [EvaluationQuery]) -> [RankedQuery] {
        zip(ids, questions).compactMap { RankedQuery(ranking: $0, relevant: Set($1.evidence)) }
    }

    /// Share of the evidence that was among the candidates at all.
    func poolRecall(_ questions: [EvaluationQuery]) -> Double {
        guard !questions.isEmpty else { return 0 }
        let sum = zip(ids, questions).reduce(0) { $0 + Evaluation.Ranking.poolRecall(pool: Set($1.0), relevant: Set($1.1.evidence)) }
        return sum / Double(questions.count)
    }
}

/// A ranker of stored memories: a scorer of an engine, several as it combines them, or FTS5 without one.
struct RetrievalSubject {
    var name: String
    var engine: Engine
    /// nil = as the configuration says.
    var scorers: [String]?
    var isFTS5 = false

    /// Each live scorer of a plugins.json on its own, then all as it combines them.
    ///
    /// - Throws: `EngineError` where one doesn't go live: measuring the floor under its name would be a lie.
    static func all(of plugins: (text: String, path: String), database: String) throws -> [RetrievalSubject] {
        let engine = try Engine(databasePath: database, configuration: plugins)
        let known = engine.plugins()
        if let refused = known.first(where: { $0.state == "refused" }) {
            throw EngineError(.configuration, "\(refused.id) isn't served: \(refused.reason ?? "")")
        }
        let live = known.filter { $0.state == "live" }.map(\.id)
        guard !live.isEmpty else {
            throw EngineError(.configuration, "\(plugins.path) serves no scorer: one needs \"enabled\": true")
        }
        let alone = live.count > 1 ? live.map { RetrievalSubject(name: "plugins: \($0)", engine: engine, scorers: [$0]) } : []
        let name = live.count > 1 ? "plugins: all, combined" : "plugins: \(live[0])"
        return alone + [RetrievalSubject(name: name, engine: engine, scorers: nil)]
    }

    func ranking(
        _ questions: [EvaluationQuery], poolSize: Int, _ progress: (Int) -> Void
    ) throws -> RetrievalRanking {
        var result = RetrievalRanking(name: name)
        var scorers: Set<String> = []
        var degraded: Set<String> = []
        var indexes: [String: ConversationIndex] = [:]
        // A scorer that keeps state is told of each question as a turn; one that doesn't leaves no trace.
        let remembers = !isFTS5 && engine.host.configuration.wantedInputs.contains(.history)
        let clock = ContinuousClock()
        var spent = Duration.zero
        for (number, question) in questions.enumerated() {
            if isFTS5 {
                let index = try indexes[question.conversation] ?? ConversationIndex(engine, question.conversation)
                indexes[question.conversation] = index
                let start = clock.now
                result.ids.append(try index.ranking(question.question, limit: poolSize))
                spent += clock.now - start
                scorers.insert("SQLite FTS5 bm25()")
            } else {
                let start = clock.now
                let ranking = try engine.search(request(question, poolSize, remembers))
                result.ids.append(ranking.memories.sorted { $0.rank < $1.rank }.map(\.id))
                spent += clock.now - start
                scorers.formUnion(ranking.scorers)
                degraded.formUnion(ranking.degraded)
            }
            if number % 50 == 49 { progress(number + 1) }
        }
        result.millisecondsPerQuery = questions.isEmpty ? 0 : spent.milliseconds / Double(questions.count)
        (result.scorers, result.degraded) = (scorers.sorted(), degraded.sorted())
        return result
    }

    private func request(_ question: EvaluationQuery, _ poolSize: Int, _ remembers: Bool) -> SearchRequest {
        var request = SearchRequest()
        request.scope = Scope(user: question.conversation)
        request.query = question.question
        request.limit = poolSize
        request.nowMilliseconds = question.askedAtMilliseconds
        request.utcOffsetSeconds = 0
        request.scorers = scorers
        request.remember = remembers
        return request
    }
}

/// FTS5 alone over one conversation: a document is «speaker: text [photo: caption]».
private struct ConversationIndex {
    let ids: [String]
    let index: FTS5Baseline

    init(_ engine: Engine, _ conversation: String) throws {
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
