import Glibc

/// pinned ? 1 : importance · 0.95^(age in days). Source: the seeds' `effective` score, `references/signet.md`.
struct EffectiveFormula {
    static let partNames = ["memory.importance", "memory.age_days", "memory.is_pinned"]

    private static let logDailyFactor = Float(log(0.95))
    private let pinned, importance, age: Int

    init(_ indices: [Int]) {
        pinned = indices[0]
        importance = indices[1]
        age = indices[2]
    }

    @inline(__always)
    func score(_ x: UnsafePointer<Float>) -> Float {
        let effective = x[importance] * expf(x[age] * Self.logDailyFactor)
        return x[pinned] > 0 ? 1 : effective
    }

    func parts(_ x: UnsafePointer<Float>) -> [Float] {
        let decayed = x[importance] * expf(x[age] * Self.logDailyFactor)
        return [x[importance], decayed - x[importance], x[pinned] > 0 ? 1 - decayed : 0]
    }
}
