import Features
import Foundation
import Storage

/// One conversation's memories as BASELINES.md's text rankers read them: "speaker: text [photo: caption]", lower case
/// [0-9a-z]+ tokens, Porter stems.
struct TextDocuments {
    let ids: [String]
    let createdAtMilliseconds: [Int64]
    /// Place within the session; 0 where there are no turns.
    private let turns: [Int]
    /// Position among all memories of the file: vectors lie in that order.
    let rows: [Int]
    private let lengths: [Double]
    private let averageLength: Double
    /// By term, documents and how often it stands there.
    private let postings: [String: [(document: Int, count: Double)]]

    /// - Parameter memories: In file order.
    init(_ memories: [(memory: NewMemory, row: Int)]) {
        ids = memories.map { $0.memory.id ?? "" }
        createdAtMilliseconds = memories.map { $0.memory.createdAtMilliseconds }
        rows = memories.map(\.row)
        turns = memories.map { $0.memory.ordinal ?? 0 }
        var postings: [String: [(document: Int, count: Double)]] = [:]
        var lengths: [Double] = []
        for (number, entry) in memories.enumerated() {
            let terms = Self.terms(Self.text(entry.memory))
            lengths.append(Double(terms.count))
            let counts = terms.reduce(into: [String: Double]()) { $0[$1, default: 0] += 1 }
            for (term, count) in counts { postings[term, default: []].append((number, count)) }
        }
        self.postings = postings
        self.lengths = lengths
        averageLength = lengths.reduce(0, +) / Double(max(1, lengths.count))
    }

    var count: Int { ids.count }

    private static func text(_ memory: NewMemory) -> String {
        let caption = memory.caption.map { " [photo: \($0)]" } ?? ""
        return (memory.author.map { $0 + ": " } ?? "") + memory.text + caption
    }

    static func terms(_ text: String) -> [String] {
        text.lowercased().utf8.split { !(0x30...0x39).contains($0) && !(0x61...0x7A).contains($0) }
            .map { PorterStemmer.stem(String(Substring($0))) }
    }

    /// Okapi BM25, k1 1.2, b 0.75; each distinct term of the question once. One score per document.
    func scores(_ question: String) -> [Double] {
        var scores = [Double](repeating: 0, count: count)
        // Sorted, so that sums are the same in every run.
        for term in Set(Self.terms(question)).sorted() {
            guard let found = postings[term] else { continue }
            let frequency = Double(found.count)
            let idf = log(1 + (Double(count) - frequency + 0.5) / (frequency + 0.5))
            for (document, times) in found {
                let norm = 1.2 * (0.25 + 0.75 * lengths[document] / averageLength)
                scores[document] += idf * times * 2.2 / (times + norm)
            }
        }
        return scores
    }

    /// 0.95^days of each document at a moment.
    func freshness(nowMilliseconds: Int64) -> [Double] {
        createdAtMilliseconds.map { pow(0.95, Double(nowMilliseconds - $0) / 86_400_000) }
    }

    /// Documents by score, best first; equal ones newer first: by time, by turn within a session, then as in the file.
    func order(_ scores: [Double]) -> [Int] {
        scores.indices.sorted {
            (scores[$0], createdAtMilliseconds[$0], turns[$0], $1) > (scores[$1], createdAtMilliseconds[$1], turns[$1], $0)
        }
    }

    /// To 0…1; equal scores stay as they are.
    static func minMax(_ scores: [Double]) -> [Double] {
        guard let least = scores.min(), let greatest = scores.max(), greatest > least else { return scores }
        return scores.map { ($0 - least) / (greatest - least) }
    }

    /// Σ 1/(60 + rank) over orders of documents; a document that an order leaves out gets nothing from it.
    func fused(_ orders: [[Int]]) -> [Double] {
        var sums = [Double](repeating: 0, count: count)
        for order in orders { for (place, document) in order.enumerated() { sums[document] += 1 / Double(61 + place) } }
        return sums
    }
}
