// The gradient of the last forward, by hand. S scorers, C columns.
extension GatePass {
    /// Adds the gradient of a loss to `gradients` [places.count].
    ///
    /// - Parameters:
    ///   - rows: those of the last forward.
    ///   - slopes: [R] ∂loss/∂score.
    package func backward(_ rows: GateRows, slopes: UnsafeBufferPointer<Float>, gradients: UnsafeMutablePointer<Float>) {
        let (scorers, columns) = (shape.scorers.count, shape.columns.count)
        let terms = ScorerTerms(parameters, places)
        var sums = [Double](repeating: 0, count: places.count)
        for row in 0..<rows.count where present[row] != 0 && slopes[row] != 0 {
            let (mask, slope) = (present[row], Double(slopes[row]))
            for scorer in 0..<scorers where mask >> UInt32(scorer) & 1 == 1 {
                let place = row * scorers + scorer
                let weight = weights[place]
                // ∂score/∂(weight's logit) = w (v − score); ∂score/∂v = w.
                let toLogit = slope * weight * (values[place] - scores[row])
                let toValue = slope * weight
                let inner = toValue * gains[place]
                sums[places.logit.lowerBound + scorer] += toLogit
                sums[places.logScale.lowerBound + scorer] += inner * terms.scales[scorer] * Double(rows.z[place])
                sums[places.logSlope.lowerBound + scorer] += inner * terms.slopes[scorer] * Double(rows.logits[place])
                sums[places.offset.lowerBound + scorer] += inner
                for other in 0..<scorers where other != scorer && mask >> UInt32(other) & 1 == 1 {
                    sums[places.logitBeside.lowerBound + scorer * scorers + other] += toLogit
                    sums[places.gainBeside.lowerBound + scorer * scorers + other] += toValue * values[place]
                }
                for column in 0..<columns {
                    sums[places.logitColumns.lowerBound + scorer * columns + column] +=
                        toLogit * Double(rows.features[row * columns + column])
                }
            }
        }
        for place in 0..<places.count { gradients[place] += Float(sums[place]) }
    }
}
