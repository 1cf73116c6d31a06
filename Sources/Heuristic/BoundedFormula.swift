/// score = F1⁺·Π(1 + bᵢ(2xᵢ − 1)) + (F1 − F1⁺), F1⁺ = max(F1, 0); x = recency, use, importance, graph.
///
/// F1 = text.context + 5·author.named + form.temporal + 5·time.date_match − .5·form.question
///      + .5·place.opening + vectorWeight·vector.cosine − supersededPenalty·memory.is_superseded.
/// Without words to look for, importance + cosine (to the context's vector) stands in for the first seven.
/// Source: `references/retrieval.md` §2; bounds because unbounded decay destroys recall (BASELINES).
struct BoundedFormula {
    static let partNames = [
        "text.context", "author.named", "form.temporal", "time.date_match", "form.question",
        "place.opening", "vector.cosine", "memory.importance", "memory.is_superseded", "prior.recency",
        "prior.use", "prior.importance", "prior.graph",
    ]

    static let authorWeight: Float = 5
    static let temporalWeight: Float = 1
    static let dateWeight: Float = 5
    static let questionWeight: Float = -0.5
    static let openingWeight: Float = 0.5

    private let vectorWeight, supersededPenalty: Float
    private let recencyBound, useBound, importanceBound, graphBound: Float
    private let terms, context, author, temporal, date, question, opening, cosine: Int
    private let importance, superseded, recency, use, judged, graph: Int

    init(_ parameters: HeuristicParameters, _ indices: [Int]) {
        vectorWeight = parameters.vectorWeight
        supersededPenalty = parameters.supersededPenalty
        recencyBound = parameters.recencyBound
        useBound = parameters.useBound
        importanceBound = parameters.importanceBound
        graphBound = parameters.graphBound
        terms = indices[0]
        context = indices[1]
        author = indices[2]
        temporal = indices[3]
        date = indices[4]
        question = indices[5]
        opening = indices[6]
        cosine = indices[7]
        importance = indices[8]
        superseded = indices[9]
        recency = indices[10]
        use = indices[11]
        judged = indices[12]
        graph = indices[13]
    }

    @inline(__always)
    func score(_ x: UnsafePointer<Float>) -> Float {
        // 1 if something was asked, else 0: arithmetic instead of a branch.
        let asked = min(x[terms], 1)
        let matched =
            x[context] + Self.authorWeight * x[author] + Self.temporalWeight * x[temporal]
            + Self.dateWeight * x[date] + Self.questionWeight * x[question]
            + Self.openingWeight * x[opening] + vectorWeight * x[cosine]
        let unasked = x[importance] + x[cosine]
        let relevance = asked * matched + (1 - asked) * unasked - supersededPenalty * x[superseded]
        let factor =
            (1 + recencyBound * (2 * x[recency] - 1)) * (1 + useBound * (2 * x[use] - 1))
            * (1 + importanceBound * (2 * x[judged] - 1)) * (1 + graphBound * (2 * x[graph] - 1))
        return max(relevance, 0) * factor + min(relevance, 0)
    }

    func parts(_ x: UnsafePointer<Float>) -> [Float] {
        let asked = min(x[terms], 1)
        var parts = [
            asked * x[context], asked * Self.authorWeight * x[author],
            asked * Self.temporalWeight * x[temporal], asked * Self.dateWeight * x[date],
            asked * Self.questionWeight * x[question], asked * Self.openingWeight * x[opening],
            (asked * vectorWeight + (1 - asked)) * x[cosine], (1 - asked) * x[importance],
            -supersededPenalty * x[superseded],
        ]
        var product = max(parts.reduce(0, +), 0)
        let signals = [
            (recencyBound, x[recency]), (useBound, x[use]), (importanceBound, x[judged]),
            (graphBound, x[graph]),
        ]
        for (bound, signal) in signals {
            let increment = product * bound * (2 * signal - 1)
            parts.append(increment)
            product += increment
        }
        return parts
    }
}
