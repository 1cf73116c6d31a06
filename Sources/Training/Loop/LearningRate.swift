import Glibc

/// Linear warm-up, then cosine down to a share of the peak (ssm-math 9).
package struct LearningRate: Sendable, Equatable {
    package var peak: Double
    package var warmUpSteps: Int
    package var totalSteps: Int
    /// Of the peak, at the end; 1 keeps the rate constant.
    package var floor: Double

    package init(peak: Double, warmUpSteps: Int = 0, totalSteps: Int, floor: Double = 0.1) {
        self.peak = peak
        self.warmUpSteps = warmUpSteps
        self.totalSteps = totalSteps
        self.floor = floor
    }

    /// The rate of update `step`, counted from 0.
    package subscript(step: Int) -> Double {
        if step < warmUpSteps { return peak * Double(step + 1) / Double(warmUpSteps) }
        let share = Double(step - warmUpSteps) / Double(max(1, totalSteps - warmUpSteps))
        return peak * (floor + (1 - floor) * (1 + cos(Double.pi * min(share, 1))) / 2)
    }
}
