import Foundation

/// What only MADial-Bench has: whose memory is whose, the last thing said, and other people's published lists.
struct MadialRankings {
    /// By id of the memory: 1 Bart, 2 Lisa.
    private var owners: [String: Int] = [:]
    /// By id of the question: who talks.
    private var asking: [String: Int] = [:]
    private var lastTurns: [String: String] = [:]
    /// By name of the encoder, by question.
    private var published: [String: [String: [String]]] = [:]

    init(_ dataset: Dataset) throws(ImportError) {
        guard let memories = dataset.memoriesFile, let queries = dataset.queriesFile else { return }
        try Self.forEachRow(of: memories) { row in
            if let id = row["id"]?.integer, let user = row["user"]?.integer { owners[String(id)] = user }
        }
        try Self.forEachRow(of: queries) { row in
            guard let id = row["qid"]?.string else { return }
            asking[id] = row["user"]?.integer
            lastTurns[id] = row["context"]?.elements?.last?.string
            guard case .object(let lists)? = row["published_top20"] else { return }
            for list in lists {
                published[list.key, default: [:]][id] = list.value.elements?.compactMap { $0.integer.map(String.init) }
            }
        }
    }

    private static func forEachRow(of file: String, _ body: ([String: ParsedJSON]) -> Void) throws(ImportError) {
        let rows = try DatasetRows(file: file)
        while let item = try rows.next() { if case .row(let row, _) = item { body(row) } }
    }

    func lastTurn(of question: EvaluationQuery) -> String { lastTurns[question.id] ?? "" }

    /// The asking child's memories first, in the order they had: the other's can't be what is meant.
    func filtered(_ ranking: RetrievalRanking, _ questions: [EvaluationQuery]) -> RetrievalRanking {
        var result = ranking
        result.name += " + user filter"
        result.ids = zip(ranking.ids, questions).map { ids, question in
            let user = asking[question.id]
            return ids.filter { owners[$0] == user } + ids.filter { owners[$0] != user }
        }
        return result
    }

    /// The repository's own retrieval lists, twenty long.
    func publishedRankings(_ questions: [EvaluationQuery]) -> [RetrievalRanking] {
        published.keys.sorted().map { name in
            var ranking = RetrievalRanking(name: "published dense \(name) (top 20)")
            ranking.ids = questions.map { published[name]?[$0.id] ?? [] }
            return ranking
        }
    }
}
