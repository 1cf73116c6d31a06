import Glibc

/// One forward computation over a request's rows, and what its backward needs. R rows, S scorers, C columns.
///
/// For row r and the scorers m that are OK for it:
///
///     v_s = exp(Σ_{t∈m,t≠s} G_st) · (e^{σ_s} · z_rs + e^{α_s} · logit_rs + b_s)
///     w   = softmax over m of U_s + Σ_{t∈m,t≠s} B_st + F_s · features_r + trust_s
///     score_r = Σ w_s · v_s
///
/// The w sum to 1 and every v rises with what the scorer said: a row that every scorer puts higher is never put lower. G lets
/// evidence add up: two scorers that agree may say more together than their mean does.
///
/// A value: it lives for one request, or in one training worker for many, and keeps its memory.
package struct GatePass: Sendable {
    let shape: GateShape
    let places: GatePlaces
    /// [places.count], constant during a pass.
    var parameters: [Double] = []
    /// [R, S] weights and values; 0 for scorers that aren't OK for the row.
    private(set) var weights: [Double] = []
    private(set) var values: [Double] = []
    /// [R, S] the gain of v_s: exp(Σ G).
    private(set) var gains: [Double] = []
    /// [R] one bit per scorer that counted.
    private(set) var present: [UInt32] = []
    /// [R], before any temperature; 0 where nobody counted.
    package private(set) var scores: [Double] = []
    /// Scorers that counted for at least one row.
    package private(set) var answered: UInt32 = 0

    package init(_ shape: GateShape) {
        self.shape = shape
        places = GatePlaces(shape)
    }

    package init(_ weights: GateWeights) {
        self.init(weights.shape)
        weights.parameters.withUnsafeBufferPointer { load($0) }
    }

    package mutating func load(_ values: UnsafeBufferPointer<Float>) {
        precondition(values.count == places.count, "these numbers are another gate's")
        parameters = values.map(Double.init)
    }

    /// - Parameters:
    ///   - allowed: one bit per scorer; others are treated as if they hadn't answered.
    ///   - trust: [S] added to the weights' logits, at most 0; empty = all are trusted.
    package mutating func forward(_ rows: GateRows, allowed: UInt32 = .max, trust: [Double] = []) {
        let scorers = shape.scorers.count
        precondition(trust.isEmpty || trust.count == scorers, "one trust per scorer")
        reset(rows.count)
        let terms = ScorerTerms(parameters, places)
        // Rows with the same scorers share what depends on these alone; nearly always all rows do.
        var shared = SharedTerms(scorers)
        for row in 0..<rows.count { present[row] = rows.present[row] & allowed }
        answered = present.reduce(0, |)
        addColumns(rows.features)
        for row in 0..<rows.count {
            let (mask, start) = (present[row], row * scorers)
            guard mask != 0 else {
                for place in start..<start + scorers { weights[place] = 0 }
                continue
            }
            if mask != shared.mask { fill(&shared, mask, trust) }
            for scorer in 0..<scorers where mask >> UInt32(scorer) & 1 == 1 {
                let place = start + scorer
                gains[place] = shared.gains[scorer]
                values[place] = shared.gains[scorer] * terms.value(scorer, Double(rows.z[place]), Double(rows.logits[place]))
                weights[place] += shared.logits[scorer]
            }
            scores[row] = softmaxMean(start..<start + scorers, mask)
        }
    }

    /// w_s · v_s of a row: what each scorer adds to its score. 0 where it wasn't OK.
    package func contribution(row: Int, scorer: Int) -> Double {
        let place = row * shape.scorers.count + scorer
        return weights[place] * values[place]
    }

    /// Whether anybody said anything about the row.
    package func isScored(_ row: Int) -> Bool { present[row] != 0 }

    /// The share of a scorer in a row's score, 0 to 1.
    package func weight(row: Int, scorer: Int) -> Double { weights[row * shape.scorers.count + scorer] }

    private mutating func reset(_ rows: Int) {
        let count = rows * shape.scorers.count
        func clear(_ array: inout [Double], _ count: Int) {
            array.removeAll(keepingCapacity: true)
            array.append(contentsOf: repeatElement(0, count: count))
        }
        clear(&weights, count)
        clear(&values, count)
        clear(&gains, count)
        clear(&scores, rows)
        present.removeAll(keepingCapacity: true)
        present.append(contentsOf: repeatElement(0, count: rows))
        answered = 0
    }

    private func fill(_ shared: inout SharedTerms, _ mask: UInt32, _ trust: [Double]) {
        let scorers = shape.scorers.count
        shared.mask = mask
        for scorer in 0..<scorers where mask >> UInt32(scorer) & 1 == 1 {
            var logit = parameters[places.logit.lowerBound + scorer] + (trust.isEmpty ? 0 : trust[scorer])
            var gain = 0.0
            for other in 0..<scorers where other != scorer && mask >> UInt32(other) & 1 == 1 {
                logit += parameters[places.logitBeside.lowerBound + scorer * scorers + other]
                gain += parameters[places.gainBeside.lowerBound + scorer * scorers + other]
            }
            shared.logits[scorer] = logit
            // Many scorers' pairs add up; e^±5 is more than evidence ever is.
            shared.gains[scorer] = exp(min(max(gain, -5), 5))
        }
    }

    /// F_s · features_r into the weights, which begin as logits.
    private mutating func addColumns(_ features: [Float]) {
        let (scorers, columns) = (shape.scorers.count, shape.columns.count)
        let first = places.logitColumns.lowerBound
        for row in 0..<present.count {
            for scorer in 0..<scorers {
                var sum = 0.0
                for column in 0..<columns {
                    sum += parameters[first + scorer * columns + column] * Double(features[row * columns + column])
                }
                weights[row * scorers + scorer] = sum
            }
        }
    }

    /// Turns the logits of one row into weights, 0 for those who aren't in `mask`, and returns Σ w · v.
    private mutating func softmaxMean(_ range: Range<Int>, _ mask: UInt32) -> Double {
        var most = -Double.infinity
        for place in range where mask >> UInt32(place - range.lowerBound) & 1 == 1 { most = max(most, weights[place]) }
        var (sum, score) = (0.0, 0.0)
        for place in range {
            weights[place] = mask >> UInt32(place - range.lowerBound) & 1 == 1 ? exp(weights[place] - most) : 0
            sum += weights[place]
        }
        for place in range {
            weights[place] /= sum
            score += weights[place] * values[place]
        }
        return score
    }
}

/// What rows with the same scorers have in common: U + Σ B + trust, and exp(Σ G).
private struct SharedTerms {
    var mask: UInt32 = 0
    var logits, gains: [Double]

    init(_ scorers: Int) {
        logits = [Double](repeating: 0, count: scorers)
        gains = logits
    }
}

/// e^{σ}, e^{α} and b of every scorer.
struct ScorerTerms {
    let scales, slopes, offsets: [Double]

    init(_ parameters: [Double], _ places: GatePlaces) {
        scales = parameters[places.logScale].map { exp($0) }
        slopes = parameters[places.logSlope].map { exp($0) }
        offsets = Array(parameters[places.offset])
    }

    func value(_ scorer: Int, _ z: Double, _ logit: Double) -> Double {
        scales[scorer] * z + slopes[scorer] * logit + offsets[scorer]
    }
}
