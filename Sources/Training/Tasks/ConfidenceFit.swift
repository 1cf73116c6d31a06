import Gate
import Glibc
import StateSpace

/// Fits a gate's confidence to outcomes (something was relevant, or nothing was) by logistic loss, after its ranking is trained.
///
/// Offset and slope pull the same way where evidence is large, so steps by the gradient crawl; these are Levenberg's with the Fisher
/// matrix. Points of one subset of scorers share everything but their evidence, so a step costs one look at each.
struct ConfidenceFit {
    /// Evidence and outcome of lists, by who answered.
    private var groups: [(terms: (offset: [Int], logSlope: [Int]), points: [(evidence: Double, outcome: Double)])] = []
    /// Places of the flat vector that move.
    private let places: [Int]
    /// Towards the null candidate's own share: as strong as one list at the margin.
    private let ridge = 1.0

    /// - Parameter subsets: how many subsets of a list's scorers are looked at where there are more.
    init(_ weights: GateWeights, _ lists: [GateList], subsets most: Int = 15, seed: UInt64) {
        let all = weights.places
        places = all.entries.filter { $0.name.hasPrefix("confidence") }.flatMap { Array($0.range) }
        var pass = GatePass(weights)
        var random = SplitMix64(seed: seed)
        var points: [UInt32: [(evidence: Double, outcome: Double)]] = [:]
        for list in lists {
            for subset in GateSubsets.some(of: list.rows.answered, most: most, using: &random) {
                pass.forward(list.rows, allowed: subset)
                guard let evidence = pass.evidence else { continue }
                points[pass.answered, default: []].append((evidence, list.hasRelevant ? 1 : 0))
            }
        }
        let confidence = GateConfidence(weights.shape)
        // In a fixed order: floating-point sums depend on it.
        groups = points.sorted { $0.key < $1.key }.map { (confidence.terms($0.key), $0.value) }
    }

    /// The parameters with the confidence's own replaced.
    func fitted(_ parameters: [Float]) -> [Float] {
        var values = parameters.map(Double.init)
        for place in places { values[place] = 0 }
        var damping = 1e-2
        var current = slopes(values)
        for _ in 0..<200 where damping < 1e8 {
            guard let step = current.step(damping) else {
                damping *= 10
                continue
            }
            var next = values
            for (index, place) in places.enumerated() { next[place] -= step[index] }
            let found = slopes(next)
            guard found.loss < current.loss else {
                damping *= 4
                continue
            }
            let isDone = current.loss - found.loss < 1e-9 * max(1, current.loss)
            (values, current, damping) = (next, found, max(damping / 3, 1e-9))
            if isDone { break }
        }
        return values.map { Float($0) }
    }

    private func slopes(_ values: [Double]) -> NormalEquations {
        let index = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
        var sums = NormalEquations(places.count)
        for (number, place) in places.enumerated() {
            sums.loss += ridge * values[place] * values[place] / 2
            sums.gradient[number] = ridge * values[place]
            sums[number, number] = ridge
        }
        for group in groups {
            let offset = group.terms.offset.reduce(0) { $0 + values[$1] }
            let logSlope = group.terms.logSlope.reduce(0) { $0 + values[$1] }
            let slope = exp(min(max(logSlope, -GateConfidence.largestLogSlope), GateConfidence.largestLogSlope))
            // Σ of first and second derivatives by offset (o) and logarithm of the slope (k).
            var (o, k, oo, ok, kk) = (0.0, 0.0, 0.0, 0.0, 0.0)
            for point in group.points {
                let (lever, logit) = (slope * point.evidence, offset + slope * point.evidence)
                let share = 1 / (1 + exp(-logit))
                sums.loss += max(logit, 0) - point.outcome * logit + log1p(exp(-abs(logit)))
                o += share - point.outcome
                k += (share - point.outcome) * lever
                oo += share * (1 - share)
                ok += share * (1 - share) * lever
                kk += share * (1 - share) * lever * lever
            }
            // Force unwraps: the places of a group's terms are among those that move.
            let (offsets, slopes) = (group.terms.offset.map { index[$0]! }, group.terms.logSlope.map { index[$0]! })
            for a in offsets { sums.gradient[a] += o }
            for a in slopes { sums.gradient[a] += k }
            for a in offsets { for b in offsets { sums[a, b] += oo } }
            for a in slopes { for b in slopes { sums[a, b] += kk } }
            for a in offsets {
                for b in slopes {
                    sums[a, b] += ok
                    sums[b, a] += ok
                }
            }
        }
        return sums
    }
}
