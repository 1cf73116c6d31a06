/// A pool of candidates, read once against one question; every column of `ColumnCatalog` is a function
/// of it. A value: build it per turn, ask it for columns, let it go. Arrays follow the order of `rows`.
package struct PoolFeatures: Sendable {
    package let query: QueryAnalysis
    package let rows: [PoolRow]
    package let frequencies: TermFrequencies
    package let statistics: TermStatistics
    package let moment: TurnMoment

    /// Row numbers sorted by (session, ordinal), and the pool in that order.
    let order: [Int]
    let credit: ContextCredit
    /// ln-idf of each term's stem.
    let idf: [Float]

    package var rowCount: Int { rows.count }

    /// - Parameters:
    ///   - frequencies: Of `query.terms`, for `rows` in their order.
    ///   - statistics: Of `query.terms` over the whole scope.
    package init(
        query: QueryAnalysis, rows: [PoolRow], frequencies: TermFrequencies,
        statistics: TermStatistics, moment: TurnMoment
    ) {
        precondition(
            statistics.termCount == query.termCount
                && frequencies.stem.count == query.termCount * rows.count,
            "one frequency per term and row")
        self.query = query
        self.rows = rows
        self.frequencies = frequencies
        self.statistics = statistics
        self.moment = moment
        let order = rows.indices.sorted {
            (rows[$0].session, rows[$0].ordinal, $0) < (rows[$1].session, rows[$1].ordinal, $1)
        }
        self.order = order
        idf = statistics.stemDocuments.map {
            BM25.idf(documentFrequency: $0, documentCount: statistics.documentCount)
        }
        var credit = ContextCredit(
            rows: Neighbourhood(
                sessions: order.map { rows[$0].session }, ordinals: order.map { rows[$0].ordinal },
                authors: order.map { rows[$0].author },
                asksQuestion: order.map { rows[$0].traits.asksQuestion }))
        let norms = Self.lengthNorms(.turns, rows: rows, average: statistics.averageLength)
        for term in 0..<query.termCount {
            let stem = Self.scores(
                frequencies.stem, term, documents: statistics.stemDocuments, statistics, norms)
            let prefix = Self.scores(
                frequencies.prefix, term, documents: statistics.prefixDocuments, statistics, norms)
            credit.add(order.map { max(stem[$0], BM25.prefixFactor * prefix[$0]) })
        }
        self.credit = credit
    }

    static func lengthNorms(_ bm25: BM25, rows: [PoolRow], average: Float) -> [Float] {
        rows.map { bm25.lengthNorm(Float($0.traits.tokenCount), average: average) }
    }

    /// BM25 of one term for each row, nats.
    static func scores(
        _ frequencies: [UInt16], _ term: Int, documents: [Int], _ statistics: TermStatistics,
        _ norms: [Float]
    ) -> [Float] {
        guard documents[term] > 0 else { return [Float](repeating: 0, count: norms.count) }
        let idf = BM25.idf(
            documentFrequency: documents[term], documentCount: statistics.documentCount)
        let first = term * norms.count
        return norms.indices.map { row in
            let frequency = Float(frequencies[first + row])
            return frequency == 0
                ? 0 : BM25.turns.score(idf: idf, frequency: frequency, lengthNorm: norms[row])
        }
    }

    /// Puts values that follow (session, ordinal) back into the order of `rows`.
    func unsorted(_ sorted: [Float]) -> [Float] {
        var values = [Float](repeating: 0, count: sorted.count)
        for (position, row) in order.enumerated() { values[row] = sorted[position] }
        return values
    }
}
