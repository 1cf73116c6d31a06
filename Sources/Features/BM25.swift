import Glibc

/// Okapi BM25 with idf = ln(1 + (N − n + ½)/(n + ½)), never negative.
///
/// Equals FTS5's `−bm25()` per term with k1 = 1.2, b = .75 as long as n ≤ N/2 (above, FTS5 clamps).
package struct BM25: Sendable, Equatable {
    /// How soon repeats of a term stop counting.
    package var k1: Float
    /// How much length is held against a text, 0–1.
    package var b: Float

    package init(k1: Float, b: Float) {
        self.k1 = k1
        self.b = b
    }

    /// Of F1: chat turns are short, so length says little. Source: `references/retrieval.md` §2.
    package static let turns = BM25(k1: 0.9, b: 0.3)
    /// Of the window of five turns, §6.
    package static let window = BM25(k1: 1.2, b: 0.4)
    /// Weight of a five-letter prefix match against a stem match.
    package static let prefixFactor: Float = 0.8

    /// - Parameters:
    ///   - documentFrequency: n, documents with the term.
    ///   - documentCount: N, documents in all.
    /// - Returns: nats.
    package static func idf(documentFrequency: Int, documentCount: Int) -> Float {
        let n = Double(documentFrequency)
        return Float(log(1 + max(0, Double(documentCount) - n + 0.5) / (n + 0.5)))
    }

    /// The part of the denominator that length decides: k1·(1 − b + b·length/average).
    package func lengthNorm(_ length: Float, average: Float) -> Float {
        k1 * (1 - b + b * (average > 0 ? length / average : 1))
    }

    /// - Parameter lengthNorm: From `lengthNorm(_:average:)`.
    @inline(__always)
    package func score(idf: Float, frequency: Float, lengthNorm: Float) -> Float {
        idf * frequency * (k1 + 1) / (frequency + lengthNorm)
    }
}
