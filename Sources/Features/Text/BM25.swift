import Glibc

/// Okapi BM25 of one term, with the idf that is never negative:
/// ln(1 + (N − n + ½)/(n + ½)) · tf·(k1 + 1) / (tf + k1·(1 − b + b·len/avglen)). In nats.
package struct BM25: Sendable {
    package let idf: Float
    private let k1: Float
    private let base: Float
    private let perToken: Float

    /// k1 and b default to F1's (retrieval.md §2); FTS5's own are 1.2 and 0.75.
    package init(
        documents: Int, documentFrequency: Int, averageLength: Float, k1: Float = 0.9, b: Float = 0.3
    ) {
        let n = Float(documentFrequency)
        idf = log(1 + (Float(max(documents, documentFrequency)) - n + 0.5) / (n + 0.5))
        self.k1 = k1
        base = k1 * (1 - b)
        perToken = averageLength > 0 ? k1 * b / averageLength : 0
    }

    package func score(termFrequency: Float, length: Float) -> Float {
        termFrequency > 0 ? idf * termFrequency * (k1 + 1) / (termFrequency + base + perToken * length) : 0
    }
}
