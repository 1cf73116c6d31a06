/// How well lists were ranked, pattern by pattern.
///
/// AUC of a list: the share of pairs, one wanted row and one other, in which the wanted one stands higher; ties count half.
package struct PlantedTally: Sendable {
    /// At chance, 0.5, a scorer says nothing.
    package static let leastMean = 0.55
    /// Below it a pattern stands upside down.
    package static let leastPattern = 0.45
    /// Fewer say nothing of a pattern.
    package static let leastLists = 4

    private var aucs: [String: [Double]] = [:]
    /// Patterns in which two rows have ever differed.
    private var read: Set<String> = []

    package init() {}

    /// A list; nothing if its rows are all wanted, or none is.
    package mutating func add(_ pattern: String, _ scores: [Float], wanted: [Bool]) {
        guard let auc = Self.auc(scores, wanted: wanted) else { return }
        aucs[pattern, default: []].append(auc)
        if scores.contains(where: { !GateChecks.isClose($0, scores[0]) }) { read.insert(pattern) }
    }

    /// Patterns in which every list was one tie: a manifest is an upper bound, and weights may read less of it. They don't
    /// count, unless it tells nothing from anything.
    package var unread: [String] { read.isEmpty ? [] : aucs.keys.filter { !read.contains($0) }.sorted() }

    package var patterns: [String: [Double]] { read.isEmpty ? aucs : aucs.filter { read.contains($0.key) } }

    package var listCount: Int { patterns.values.reduce(0) { $0 + $1.count } }

    /// Over lists.
    package var mean: Double { Self.mean(patterns.values.flatMap(\.self)) }

    /// Patterns with their means, lowest first.
    package var means: [(pattern: String, auc: Double)] {
        patterns.map { ($0.key, Self.mean($0.value)) }.sorted { ($0.auc, $0.pattern) < ($1.auc, $1.pattern) }
    }

    /// The lowest pattern that is upside down by more than the luck of its few lists: chance lies more than two standard
    /// errors above it. A scorer that ties a pattern, or that ranks it by chance, isn't refused for it.
    package var upsideDown: (pattern: String, auc: Double)? {
        means.first { pattern, auc in
            guard auc < Self.leastPattern, let values = patterns[pattern], values.count >= Self.leastLists else { return false }
            let squares = values.reduce(0) { $0 + ($1 - auc) * ($1 - auc) }
            let error = (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
            return auc + 2 * error < 0.5
        }
    }

    /// nil = the rows that are left are all wanted, or none is.
    package static func auc(_ scores: [Float], wanted: [Bool]) -> Double? {
        var (won, pairs) = (0.0, 0)
        for (row, isWanted) in wanted.enumerated() where isWanted {
            for (other, isOtherWanted) in wanted.enumerated() where !isOtherWanted {
                pairs += 1
                // Equal but for the rounding of vector code is equal.
                won += GateChecks.isClose(scores[row], scores[other]) ? 0.5 : scores[row] > scores[other] ? 1 : 0
            }
        }
        return pairs == 0 ? nil : won / Double(pairs)
    }

    private static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
}
