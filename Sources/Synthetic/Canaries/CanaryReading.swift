import Glibc

// What a canary reads from one world's scores.
extension Canary {
    /// Numbers of one scene; their meaning is the canary's own.
    ///
    /// - Parameter scores: logits, per part, list and row.
    package func reading(_ scene: CanaryScene, _ scores: [[[Float]]]) -> [Double] {
        let (part, first) = (scene.parts[0], scores[0])
        switch self {
        case .cycle:
            return [Self.share(first[0], part.marks[0][0]), Self.share(first[1], part.marks[1][0])]
        case .selectivity:
            // The memory of Z with Z in focus and with W, then the memory of W.
            return [
                Self.share(first[0], part.marks[0][0]) + Self.share(first[1], part.marks[1][1]),
                Self.share(first[1], part.marks[1][0]) + Self.share(first[0], part.marks[0][1]),
            ]
        case .decay:
            let values = part.marks[0].map { Double(first[0][$0]) }
            let mean = values.reduce(0, +) / Double(values.count)
            return values.map { $0 - mean }
        case .chain, .replaced, .newestFirst:
            let values = part.marks[0].map { first[0][$0] }
            return [zip(values, values.dropFirst()).allSatisfy { $0 > $1 } ? 1 : 0]
        case .burst, .selectiveTop:
            let reach = self == .burst ? 10 : 3
            let top = Set(Self.order(first[0]).prefix(reach))
            return [Double(part.marks[0].count { top.contains($0) }) / 3]
        case .coactivation:
            return zip(part.marks, first).flatMap { marks, scores in
                let target = Double(scores[marks[0]])
                let rest = (scores.reduce(0) { $0 + Double($1) } - target) / Double(scores.count - 1)
                return [Double(marks[1]), target - rest]
            }
        case .combined, .conjunction:
            return zip(scene.parts, scores).map { part, scores in Self.order(scores[0])[0] == part.marks[0][0] ? 1 : 0 }
        case .hour:
            return zip(part.marks, first).map { marks, scores in
                let others = scores.indices.filter { $0 != marks[0] }.map { scores[$0] }.sorted()
                return scores[marks[0]] > others[others.count / 2] ? 1 : 0
            }
        }
    }

    /// Row numbers, best first; equal scores by a row's number, which is random.
    static func order(_ scores: [Float]) -> [Int] {
        scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
    }

    private static func share(_ logits: [Float], _ row: Int) -> Double {
        let top = logits.max() ?? 0
        let sum = logits.reduce(0.0) { $0 + exp(Double($1 - top)) }
        return exp(Double(logits[row] - top)) / sum
    }

    /// Over worlds.
    package func value(_ readings: [[Double]]) -> Double {
        func mean(_ place: Int) -> Double { readings.reduce(0) { $0 + $1[place] } / Double(max(readings.count, 1)) }
        switch self {
        case .cycle, .selectivity: return mean(0) / max(mean(1), 1e-12)
        case .decay: return abs(DecayFit(readings).rate / 0.15 - 1)
        case .coactivation: return Self.correlation(readings)
        default: return mean(0)
        }
    }

    /// Conditions beside the threshold; nil = they hold.
    ///
    /// - Parameter oracle: the oracle's value.
    package func objection(_ readings: [[Double]], oracle: Double) -> String? {
        func mean(_ place: Int) -> Double { readings.reduce(0) { $0 + $1[place] } / Double(max(readings.count, 1)) }
        switch self {
        case .cycle:
            let share = log(max(value(readings), 1e-9)) / log(max(oracle, 1.0001))
            return share < 0.3 ? "\(percent(share)) of the oracle's log-ratio; at least 30 %" : nil
        case .decay:
            let fit = DecayFit(readings)
            if fit.amplitude <= 0 { return "more recent is worth less" }
            if fit.explained < 0.95 { return "R² \(hundredths(fit.explained)) of the fit; at least .95" }
            return fit.bend > 0.05 ? "bends back by \(hundredths(fit.bend)) of the amplitude; at most .05" : nil
        case .combined:
            guard (readings.first?.count ?? 0) == 4 else { return "two of its signals are missing" }
            for (place, name) in ["focus", "habit", "recency"].enumerated() where mean(0) - mean(place + 1) <= 0.1 {
                return "without \(name) it loses \(percent(mean(0) - mean(place + 1))); more than 10 %"
            }
            return nil
        case .hour:
            return mean(1) > 0.5 ? "ten hours off still above the median in \(percent(mean(1))); at most 50 %" : nil
        default: return nil
        }
    }

    private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
    private func hundredths(_ value: Double) -> String { "\((100 * value).rounded() / 100)" }

    package func passes(_ readings: [[Double]], oracle: Double) -> Bool {
        let value = value(readings)
        return (isError ? value <= threshold : value >= threshold) && objection(readings, oracle: oracle) == nil
    }

    /// Above 0 it passes by so much of the threshold.
    package func margin(_ value: Double) -> Double { (isError ? threshold - value : value - threshold) / threshold }

    /// Pairs (x, y), two per scene.
    private static func correlation(_ readings: [[Double]]) -> Double {
        let pairs = readings.flatMap { [($0[0], $0[1]), ($0[2], $0[3])] }
        let count = Double(max(pairs.count, 1))
        let (mx, my) = (pairs.reduce(0) { $0 + $1.0 } / count, pairs.reduce(0) { $0 + $1.1 } / count)
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for (x, y) in pairs {
            xx += (x - mx) * (x - mx)
            yy += (y - my) * (y - my)
            xy += (x - mx) * (y - my)
        }
        return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
    }
}

/// c + A·e^(−λ·gap) fitted to mean logits over the grid of gaps, by least squares; λ from a search, A and c exactly.
struct DecayFit {
    private(set) var rate = 0.0
    private(set) var amplitude = 0.0
    /// R²
    private(set) var explained = 0.0
    /// How far the curve rises again after it fell, in amplitudes.
    private(set) var bend = 0.0

    init(_ readings: [[Double]]) {
        let grid = SceneMaker.gapGridDays
        let count = Double(max(readings.count, 1))
        let y = grid.indices.map { place in readings.reduce(0) { $0 + $1[place] } / count }
        let mean = y.reduce(0, +) / Double(y.count)
        let total = y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        var best = Double.infinity
        // 0.005 to 5 per day in steps of 1 %: finer than any verdict.
        var rate = 0.005
        while rate < 5 {
            let x = grid.map { exp(-rate * $0) }
            let mx = x.reduce(0, +) / Double(x.count)
            let xx = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
            let xy = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - mean) }
            let slope = xy / max(xx, 1e-12)
            let error = total - slope * xy
            if error < best { (best, self.rate, amplitude) = (error, rate, slope) }
            rate *= 1.01
        }
        explained = total > 0 ? 1 - best / total : 0
        var least = Double.infinity
        for value in y {
            least = min(least, value)
            bend = max(bend, (value - least) / max(abs(amplitude), 1e-12))
        }
    }
}
