import Glibc

/// P(something relevant is among the rows), from the last forward. S scorers.
///
///     evidence = log Σ_r exp(score_r)        over the rows that anybody scored
///     logit    = c_0 + Σ_{s answered} c_s + exp(k_0 + Σ_{s answered} k_s) · evidence
///
/// Against a null candidate of logit 0 a softmax gives just sigmoid(evidence): there the numbers begin. They depend on who
/// answered because a scorer that ranks only says nothing about the list as a whole. The slope is positive: no score can rise and
/// take confidence away.
extension GatePass {
    /// nil = nobody said anything about any row.
    package var confidenceLogit: Double? {
        guard let evidence else { return nil }
        return sum(places.confidenceOffset) + confidenceSlope * evidence
    }

    /// 0 to 1.
    package var confidence: Double? { confidenceLogit.map { 1 / (1 + exp(-$0)) } }

    /// Adds the gradient of a loss by the confidence's own numbers alone: the ranking isn't bent for its sake.
    ///
    /// - Parameter slope: ∂loss/∂logit.
    package func backwardConfidence(slope: Double, gradients: UnsafeMutablePointer<Float>) {
        guard let evidence else { return }
        let toLogSlope = slope * confidenceSlope * evidence
        for index in 0...shape.scorers.count where index == 0 || answered >> UInt32(index - 1) & 1 == 1 {
            gradients[places.confidenceOffset.lowerBound + index] += Float(slope)
            gradients[places.confidenceLogSlope.lowerBound + index] += Float(toLogSlope)
        }
    }

    /// A slope beyond e^±5 would only pretend to be certain.
    private var confidenceSlope: Double { exp(min(max(sum(places.confidenceLogSlope), -5), 5)) }

    private func sum(_ range: Range<Int>) -> Double {
        var sum = parameters[range.lowerBound]
        for scorer in 0..<shape.scorers.count where answered >> UInt32(scorer) & 1 == 1 {
            sum += parameters[range.lowerBound + 1 + scorer]
        }
        return sum
    }

    private var evidence: Double? {
        guard answered != 0 else { return nil }
        var most = -Double.infinity
        for row in present.indices where present[row] != 0 { most = max(most, scores[row]) }
        var total = 0.0
        for row in present.indices where present[row] != 0 { total += exp(scores[row] - most) }
        return most + log(total)
    }
}
