/// recency + importance + relevance, each scaled to 0–1 within the pool, equal weights; a signal that is
/// the same in the whole pool counts ½, as in the authors' code.
///
/// Source: Park et al. 2023, arXiv 2304.03442 §4.1; `normalize_dict_floats` of its repository.
struct GenerativeAgentsFormula {
    static let partNames = ["memory.access_recency", "memory.importance", "memory.relevance"]

    /// Value, minimum, maximum of the three by turns.
    private let recency, recencyMin, recencyMax: Int
    private let importance, importanceMin, importanceMax: Int
    private let relevance, relevanceMin, relevanceMax: Int

    init(_ indices: [Int]) {
        recency = indices[0]
        recencyMin = indices[1]
        recencyMax = indices[2]
        importance = indices[3]
        importanceMin = indices[4]
        importanceMax = indices[5]
        relevance = indices[6]
        relevanceMin = indices[7]
        relevanceMax = indices[8]
    }

    @inline(__always)
    private func scaled(_ value: Float, _ least: Float, _ greatest: Float) -> Float {
        let range = greatest - least
        return range > 0 ? (value - least) / range : 0.5
    }

    @inline(__always)
    func score(_ x: UnsafePointer<Float>) -> Float {
        scaled(x[recency], x[recencyMin], x[recencyMax])
            + scaled(x[importance], x[importanceMin], x[importanceMax])
            + scaled(x[relevance], x[relevanceMin], x[relevanceMax])
    }

    func parts(_ x: UnsafePointer<Float>) -> [Float] {
        [
            scaled(x[recency], x[recencyMin], x[recencyMax]),
            scaled(x[importance], x[importanceMin], x[importanceMax]),
            scaled(x[relevance], x[relevanceMin], x[relevanceMax]),
        ]
    }
}
