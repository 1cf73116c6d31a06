import Storage

/// Every text ranker's order of memories, by question: BASELINES.md A.
struct TextRankers {
    private let dataset: Dataset
    private let documents: [String: TextDocuments]
    /// LSA of memories and of questions, where the folder has them.
    private let vectors: (memories: HalfVectors, questions: HalfVectors)?

    init(_ dataset: Dataset) throws {
        self.dataset = dataset
        var byConversation: [String: [(memory: NewMemory, row: Int)]] = [:]
        var row = 0
        let reader = try Self.translating { () throws(ImportError) in try dataset.reader() }
        while let item = try Self.translating({ () throws(ImportError) in try reader.next() }) {
            guard case .memory(let memory, let scope) = item else { continue }
            byConversation[scope?.user ?? "", default: []].append((memory, row))
            row += 1
        }
        documents = byConversation.mapValues(TextDocuments.init)
        let memories = try HalfVectors(file: dataset.folder + "/memories_lsa256.npy")
        let questions = try HalfVectors(file: dataset.folder + "/queries_lsa256.npy")
        if let memories, let questions, memories.count == row { vectors = (memories, questions) } else { vectors = nil }
    }

    /// - Parameter questions: With their rows in the dataset's file of questions.
    func rankings(_ questions: [(query: EvaluationQuery, row: Int)]) -> [RetrievalRanking] {
        var rankings: [RetrievalRanking] = []
        for (number, question) in questions.enumerated() {
            guard let own = documents[question.query.conversation] else { continue }
            for (place, (name, order)) in orders(question.query, question.row, own).enumerated() {
                if number == 0 { rankings.append(RetrievalRanking(name: name)) }
                rankings[place].ids.append(order.map { own.ids[$0] })
            }
        }
        return rankings
    }

    /// The same rankers in the same order for every question.
    private func orders(_ query: EvaluationQuery, _ row: Int, _ own: TextDocuments) -> [(String, [Int])] {
        let bm25 = own.scores(query.question)
        let fresh = own.freshness(nowMilliseconds: query.askedAtMilliseconds)
        let text = own.order(bm25)
        var orders = [("recency", own.order([Double](repeating: 0, count: own.count))), ("bm25", text)]
        // MADial's dates are days of a diary, all before the one day of asking: BASELINES.md leaves age out there.
        guard dataset.kind != .madial else { return orders }
        orders.append(("bm25·0.95^age", own.order(zip(bm25, fresh).map { $0 * $1 })))
        let scaled = TextDocuments.minMax(bm25)
        orders.append(("0.9·bm25 + 0.1·0.95^age", own.order(zip(scaled, fresh).map { 0.9 * $0 + 0.1 * $1 })))
        guard let vectors, row < vectors.questions.count else { return orders }
        let cosines = own.rows.map { vectors.memories.product($0, vectors.questions, row) }
        let dense = own.order(cosines)
        orders.append(("lsa-256 cosine", dense))
        let mixed = zip(scaled, TextDocuments.minMax(cosines)).map { 0.7 * $0 + 0.3 * $1 }
        orders.append(("0.7·bm25 + 0.3·lsa", own.order(mixed)))
        orders.append(("rrf60(bm25, lsa)", own.order(own.fused([text, dense]))))
        return orders
    }

    private static func translating<Value>(_ body: () throws(ImportError) -> Value) throws -> Value {
        do throws(ImportError) { return try body() } catch { throw EngineError(.invalidInput, error.description) }
    }
}
