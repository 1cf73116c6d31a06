import Glibc

/// The formula, once: behind `libHeuristicScorer.so` and behind the host's floor.
///
/// bounded           score = F1⁺ · Π(1 + bᵢ(2xᵢ − 1)) + (F1 − F1⁺), F1⁺ = max(F1, 0)
///                   F1 = text.context + 5·author.named + form.temporal + 5·time.date_match
///                        − ½·form.question + ½·place.opening + w·vector.cosine
///                   without a query text: F1 = importance + w·vector.cosine
/// effective         pinned → 1, else importance · 0.95^age_days
/// generative-agents recency + importance + relevance, each (x − min)/(max − min) over the pool
///
/// `map[c]` is where column c stands in a row, or −1 if it isn't sent: then its absent value holds.
public struct Heuristic: Sendable {
    public let parameters: HeuristicParameters
    private let map: [Int]

    /// - Parameter columns: the names in the order in which rows hold them; names that aren't ours are skipped.
    public init(parameters: HeuristicParameters, columns: [String]) {
        self.parameters = parameters
        map = HeuristicColumn.allCases.map { column in columns.firstIndex(of: column.name) ?? -1 }
    }

    @inline(__always)
    private func read(_ row: UnsafePointer<Float>, _ column: HeuristicColumn) -> Float {
        let place = map[column.rawValue]
        return place >= 0 ? row[place] : column.absent
    }

    /// Scores one row of at least as many floats as `columns` has names.
    @inline(__always)
    public func score(_ row: UnsafePointer<Float>) -> Float {
        switch parameters.mode {
        case .bounded: bounded(row)
        case .effective: effective(row)
        case .generativeAgents: generativeAgents(row)
        }
    }

    /// Scores `rows` rows that lie `stride` bytes apart. The mode is looked at once, not per row.
    public func score(
        _ base: UnsafeRawPointer, rows: Int, strideBytes: Int, into out: UnsafeMutablePointer<Float>
    ) {
        switch parameters.mode {
        case .bounded: boundedBatch(base, rows, strideBytes, out)
        case .effective: loop(base, rows, strideBytes, out) { effective($0) }
        case .generativeAgents: loop(base, rows, strideBytes, out) { generativeAgents($0) }
        }
    }

    @inline(__always)
    private func loop(
        _ base: UnsafeRawPointer, _ rows: Int, _ strideBytes: Int, _ out: UnsafeMutablePointer<Float>,
        _ body: (UnsafePointer<Float>) -> Float
    ) {
        for row in 0..<rows {
            out[row] = body((base + row * strideBytes).assumingMemoryBound(to: Float.self))
        }
    }

    /// The default mode over a matrix that has every column: offsets are constants of the loop.
    private func boundedBatch(
        _ base: UnsafeRawPointer, _ rows: Int, _ strideBytes: Int, _ out: UnsafeMutablePointer<Float>
    ) {
        guard map.prefix(HeuristicColumn.graph.rawValue + 1).allSatisfy({ $0 >= 0 }) else {
            return loop(base, rows, strideBytes, out) { bounded($0) }
        }
        let (context, author, time, date) = (map[0], map[1], map[2], map[3])
        let (question, opening, cosine, terms) = (map[4], map[5], map[6], map[7])
        let (recency, use, importance, graph) = (map[8], map[9], map[10], map[11])
        let p = parameters
        for index in 0..<rows {
            let row = (base + index * strideBytes).assumingMemoryBound(to: Float.self)
            let asked =
                row[context] + F1.namedAuthor * row[author] + F1.namesTime * row[time]
                + F1.dateMatch * row[date] + F1.question * row[question] + F1.opening * row[opening]
            let relevance = (row[terms] > 0 ? asked : row[importance]) + p.vectorWeight * row[cosine]
            let positive = max(relevance, 0)
            let factor =
                (1 + p.recencyBound * (2 * row[recency] - 1)) * (1 + p.useBound * (2 * row[use] - 1))
                * (1 + p.importanceBound * (2 * row[importance] - 1))
                * (1 + p.graphBound * (2 * row[graph] - 1))
            out[index] = positive * factor + (relevance - positive)
        }
    }

    @inline(__always)
    private func relevance(_ row: UnsafePointer<Float>) -> Float {
        let vector = parameters.vectorWeight * read(row, .cosine)
        guard read(row, .queryTerms) > 0 else { return read(row, .importance) + vector }
        let asked =
            read(row, .context) + F1.namedAuthor * read(row, .namedAuthor) + F1.namesTime
            * read(row, .namesTime)
            + F1.dateMatch * read(row, .dateMatch) + F1.question * read(row, .question)
            + F1.opening * read(row, .opening)
        return asked + vector
    }

    @inline(__always)
    private func bounded(_ row: UnsafePointer<Float>) -> Float {
        let f1 = relevance(row)
        let positive = max(f1, 0)
        let factor =
            (1 + parameters.recencyBound * (2 * read(row, .recency) - 1))
            * (1 + parameters.useBound * (2 * read(row, .use) - 1))
            * (1 + parameters.importanceBound * (2 * read(row, .importance) - 1))
            * (1 + parameters.graphBound * (2 * read(row, .graph) - 1))
        return positive * factor + (f1 - positive)
    }

    @inline(__always)
    private func effective(_ row: UnsafePointer<Float>) -> Float {
        read(row, .isPinned) > 0 ? 1 : read(row, .importance) * pow(0.95, read(row, .ageDays))
    }

    @inline(__always)
    private func generativeAgents(_ row: UnsafePointer<Float>) -> Float {
        agentsTerm(row, .agentsRecency, .agentsRecencyMinimum, .agentsRecencyMaximum)
            + agentsTerm(row, .agentsImportance, .agentsImportanceMinimum, .agentsImportanceMaximum)
            + agentsTerm(row, .agentsRelevance, .agentsRelevanceMinimum, .agentsRelevanceMaximum)
    }

    @inline(__always)
    private func agentsTerm(
        _ row: UnsafePointer<Float>, _ value: HeuristicColumn, _ minimum: HeuristicColumn,
        _ maximum: HeuristicColumn
    ) -> Float {
        let (low, high) = (read(row, minimum), read(row, maximum))
        return high > low ? (read(row, value) - low) / (high - low) : 0
    }
}

extension Heuristic {
    /// Names of `parts`, in the order in which the increments are taken.
    public static let partNames = [
        "text.context", "author.named", "form.temporal", "time.date_match", "form.question", "place.opening",
        "vector.cosine", "recency", "use", "importance", "graph", "pinned",
    ]

    /// Increments that add up to the score. The factors of `bounded` are taken one after the other in the
    /// order recency, use, importance, graph: each part is what its factor added to the product so far.
    public func parts(_ row: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>) {
        for place in Self.partNames.indices { out[place] = 0 }
        switch parameters.mode {
        case .bounded:
            if read(row, .queryTerms) > 0 {
                out[0] = read(row, .context)
                out[1] = F1.namedAuthor * read(row, .namedAuthor)
                out[2] = F1.namesTime * read(row, .namesTime)
                out[3] = F1.dateMatch * read(row, .dateMatch)
                out[4] = F1.question * read(row, .question)
                out[5] = F1.opening * read(row, .opening)
            } else {
                out[9] = read(row, .importance)
            }
            out[6] = parameters.vectorWeight * read(row, .cosine)
            var product = max(relevance(row), 0)
            let priors: [(Int, Float, HeuristicColumn)] = [
                (7, parameters.recencyBound, .recency), (8, parameters.useBound, .use),
                (9, parameters.importanceBound, .importance), (10, parameters.graphBound, .graph),
            ]
            for (part, bound, column) in priors {
                let increment = product * bound * (2 * read(row, column) - 1)
                out[part] += increment
                product += increment
            }
        case .effective:
            if read(row, .isPinned) > 0 {
                out[11] = 1
            } else {
                // importance, then what age takes away from it.
                out[9] = read(row, .importance)
                out[7] = effective(row) - out[9]
            }
        case .generativeAgents:
            out[7] = agentsTerm(row, .agentsRecency, .agentsRecencyMinimum, .agentsRecencyMaximum)
            out[9] = agentsTerm(row, .agentsImportance, .agentsImportanceMinimum, .agentsImportanceMaximum)
            out[0] = agentsTerm(row, .agentsRelevance, .agentsRelevanceMinimum, .agentsRelevanceMaximum)
        }
    }
}
