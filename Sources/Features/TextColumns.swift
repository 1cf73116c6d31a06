/// What the words of the question say about each row. Source of all: `references/retrieval.md` §6.
enum TextColumns {
    private static func column(
        _ name: String, _ formula: String, unit: String = "nats", range: String = "≥ 0",
        _ values: @escaping @Sendable (PoolFeatures) -> [Float]
    ) -> ColumnDefinition {
        ColumnDefinition(
            name, formula, unit: unit, range: range, isPresent: { $0.query.termCount > 0 },
            values: values)
    }

    static let definitions: [ColumnDefinition] = [
        column("text.bm25", "Σ_t s_t; s_t = max(BM25 of the stem, .8 × BM25 of the 5-letter prefix), k1 .9, b .3") {
            $0.unsorted($0.credit.own)
        },
        column("text.context", "Σ_t c_t: s_t with credit from neighbouring turns and the session") {
            $0.unsorted($0.credit.context)
        },
        column("text.context_rel", "text.context ÷ its maximum in the pool", unit: "", range: "0…1") {
            $0.unsorted($0.credit.context.divided(by: $0.credit.context.max() ?? 0))
        },
        column("text.context_norm", "text.context ÷ Σ_t max of s_t in the pool", unit: "", range: "0…1") {
            $0.unsorted($0.credit.context.divided(by: $0.credit.best))
        },
        column("text.prev", "text.bm25 of the previous turn") {
            $0.unsorted($0.credit.rows.gather($0.credit.own, \.previous))
        },
        column("text.next", "text.bm25 of the next turn") {
            $0.unsorted($0.credit.rows.gather($0.credit.own, \.next))
        },
        column("text.answer", "text.bm25 of the previous turn if it is another author's question") { pool in
            let credit = pool.credit
            let previous = credit.rows.gather(credit.own, \.previous)
            return pool.unsorted(zip(previous, credit.rows.answersQuestion).map { $1 ? $0 : 0 })
        },
        column("text.window2", "BM25 of the turn and ±2 as one text, stems, k1 1.2, b .4, store-wide idf") {
            $0.windowScores
        },
        column("text.session", "Σ_t max of s_t over the pool's rows of the session") {
            $0.unsorted($0.credit.session)
        },
        column("text.session_rank", "1/(1 + rank of the session by text.session)", unit: "", range: "0…1") {
            $0.sessionRanks
        },
        column("text.coverage", "Σ idf of the stems that occur ÷ Σ idf of all", unit: "", range: "0…1") { pool in
            let total = pool.idf.reduce(0, +)
            return pool.matched { $0.reduce(0) { $0 + pool.idf[$1] } }.divided(by: total)
        },
        column("text.max_idf", "largest idf among the stems that occur") { pool in
            pool.matched { $0.reduce(0) { max($0, pool.idf[$1]) } }
        },
        column("text.terms_matched", "stems that occur", unit: "count") { $0.matched { Float($0.count) } },
        column("text.surface", "Σ_t BM25 of the word unstemmed, k1 .9, b .3") {
            $0.sum($0.frequencies.surface, documents: $0.statistics.surfaceDocuments)
        },
        column("text.prefix5", "Σ_t BM25 of the 5-letter prefix, k1 .9, b .3") {
            $0.sum($0.frequencies.prefix, documents: $0.statistics.prefixDocuments)
        },
        ColumnDefinition(
            "text.related", "BM25 of PMI-expanded terms (given)", unit: "nats", range: "≥ 0",
            isPresent: { $0.rows.contains { $0.relatedBM25 != nil } }
        ) { $0.each { $0.relatedBM25 ?? 0 } },
    ]
}

extension PoolFeatures {
    /// Σ over terms of BM25 (k1 .9, b .3) from one frequency table.
    func sum(_ table: [UInt16], documents: [Int]) -> [Float] {
        let norms = Self.lengthNorms(.turns, rows: rows, average: statistics.averageLength)
        var total = constant(0)
        for term in 0..<query.termCount {
            let scores = Self.scores(table, term, documents: documents, statistics, norms)
            for row in rows.indices { total[row] += scores[row] }
        }
        return total
    }

    /// A function of the terms whose stem occurs in the row.
    func matched(_ value: ([Int]) -> Float) -> [Float] {
        rows.indices.map { row in
            value((0..<query.termCount).filter { frequencies.stem[$0 * rows.count + row] > 0 })
        }
    }

    /// BM25 of each row and its ±2 neighbours as one text.
    var windowScores: [Float] {
        let hood = credit.rows
        let sides = [hood.previous, hood.next, hood.secondPrevious, hood.secondNext]
        func windowSum(_ values: [Float]) -> [Float] {
            values.indices.map { position in
                sides.reduce(values[position]) { sum, side in
                    let neighbour = Int(side[position])
                    return neighbour < values.count ? sum + values[neighbour] : sum
                }
            }
        }
        let lengths = windowSum(order.map { Float(rows[$0].traits.tokenCount) })
        let average = lengths.reduce(0, +) / Float(max(1, lengths.count))
        let norms = lengths.map { BM25.window.lengthNorm($0, average: average) }
        var total = constant(0)
        for term in 0..<query.termCount where statistics.stemDocuments[term] > 0 {
            let counts = windowSum(order.map { Float(frequencies.stem[term * rows.count + $0]) })
            for position in counts.indices where counts[position] > 0 {
                total[position] += BM25.window.score(
                    idf: idf[term], frequency: counts[position], lengthNorm: norms[position])
            }
        }
        return unsorted(total)
    }

    /// Sessions ranked by their score, equal scores sharing the better rank.
    var sessionRanks: [Float] {
        let ranges = credit.rows.sessions
        let scores = ranges.map { credit.session[$0.lowerBound] }
        let descending = scores.sorted(by: >)
        var values = constant(0)
        for (range, score) in zip(ranges, scores) {
            let rank = descending.partitioningIndex { $0 <= score }
            for position in range { values[position] = 1 / (1 + Float(rank)) }
        }
        return unsorted(values)
    }
}

extension [Float] {
    /// 0 everywhere if there is nothing to divide by.
    func divided(by divisor: Float) -> [Float] {
        map { divisor > 0 ? $0 / divisor : 0 }
    }

    /// First index for which `isSecond` holds, in an array where it holds from some index on.
    func partitioningIndex(_ isSecond: (Float) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
