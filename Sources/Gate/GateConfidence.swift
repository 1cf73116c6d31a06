import Glibc

/// P(something relevant is among the rows). S scorers; sums run over those that answered.
///
///     evidence = log Σ_r exp(score_r)        over the rows that anybody scored
///     logit    = c_0 + Σ_s c_s + Σ_{s<t} C_st + exp(k_0 + Σ_s k_s + Σ_{s<t} K_st) · evidence
///
/// Against a null candidate of logit 0 a softmax gives just sigmoid(evidence): there the numbers begin. They depend on who
/// answered because a scorer that ranks only says nothing about the list as a whole. The slope is positive: no score can rise and
/// take confidence away.
package struct GateConfidence: Sendable {
    private let places: GatePlaces
    private let scorers: Int

    package init(_ shape: GateShape) {
        places = GatePlaces(shape)
        scorers = shape.scorers.count
    }

    /// A slope beyond e^±5 would only pretend to be certain, or say nothing at all.
    package static let largestLogSlope = 5.0

    /// Places of the flat vector whose sums are the offset, and the logarithm of the slope, where these answered.
    package func terms(_ answered: UInt32) -> (offset: [Int], logSlope: [Int]) {
        (
            terms(answered, places.confidenceOffset, places.confidenceOffsetBeside),
            terms(answered, places.confidenceLogSlope, places.confidenceLogSlopeBeside)
        )
    }

    private func terms(_ answered: UInt32, _ own: Range<Int>, _ beside: Range<Int>) -> [Int] {
        let present = (0..<scorers).filter { answered >> UInt32($0) & 1 == 1 }
        var terms = [own.lowerBound] + present.map { own.lowerBound + 1 + $0 }
        for scorer in present {
            terms += present.filter { $0 > scorer }.map { beside.lowerBound + scorer * scorers + $0 }
        }
        return terms
    }

    package func logit(_ parameters: [Double], answered: UInt32, evidence: Double) -> Double {
        let terms = terms(answered)
        let logSlope = terms.logSlope.reduce(0) { $0 + parameters[$1] }
        let slope = exp(min(max(logSlope, -Self.largestLogSlope), Self.largestLogSlope))
        return terms.offset.reduce(0) { $0 + parameters[$1] } + slope * evidence
    }
}

extension GatePass {
    /// 0 to 1, from the last forward; nil = nobody said anything about any row.
    package var confidence: Double? {
        guard let evidence else { return nil }
        return 1 / (1 + exp(-GateConfidence(shape).logit(parameters, answered: answered, evidence: evidence)))
    }

    /// log Σ exp(score) over the rows that anybody scored; nil = there are none.
    package var evidence: Double? {
        guard answered != 0 else { return nil }
        var most = -Double.infinity
        for row in scores.indices where isScored(row) { most = max(most, scores[row]) }
        var total = 0.0
        for row in scores.indices where isScored(row) { total += exp(scores[row] - most) }
        return most + log(total)
    }
}
