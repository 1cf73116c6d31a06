import Glibc

/// From the scores of a candidate's paths to the candidate's: a · LSE_β(z) + (1 − a) · max(z).
///
/// LSE_β(z) = ln(Σ exp(β z)) / β, a = σ(mix), β = exp(sharpness). The best path alone says how good the best reason
/// is; the sum, that there are several.
struct PathPool {
    let share: Float
    let sharpness: Float

    init(mix: Float, sharpness: Float) {
        share = 1 / (1 + exp(-mix))
        self.sharpness = exp(sharpness)
    }

    /// `z` isn't empty.
    func callAsFunction(_ z: ArraySlice<Float>) -> Float {
        let (best, spread) = parts(z)
        return best + share * spread
    }

    /// The best score, and by how much LSE exceeds it (at least 0).
    private func parts(_ z: ArraySlice<Float>) -> (best: Float, spread: Float) {
        var best = -Float.infinity
        for value in z { best = max(best, value) }
        var sum: Float = 0
        for value in z { sum += exp(sharpness * (value - best)) }
        return (best, log(sum) / sharpness)
    }

    struct Gradient {
        var mix: Float = 0
        var sharpness: Float = 0
    }

    /// `slope` is the gradient by the result; adds to `gradient`, writes the gradient by every z.
    func backward(_ z: ArraySlice<Float>, slope: Float, into dz: inout [Float], _ gradient: inout Gradient) {
        let (best, spread) = parts(z)
        var sum: Float = 0
        var mean: Float = 0
        var top = z.startIndex
        for place in z.indices {
            let weight = exp(sharpness * (z[place] - best))
            sum += weight
            mean += weight * (z[place] - best)
            dz[place] = weight
            if z[place] > z[top] { top = place }
        }
        for place in z.indices { dz[place] *= slope * share / sum }
        dz[top] += slope * (1 - share)
        gradient.mix += slope * spread * share * (1 - share)
        // d LSE/d ln β = Σ softmax·(z − best) − spread.
        gradient.sharpness += slope * share * (mean / sum - spread)
    }
}
