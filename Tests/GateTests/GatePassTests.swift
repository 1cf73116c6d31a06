import Foundation
import Gate
import Testing

/// The gate's arithmetic: what it adds up, what it never does, and its gradient.
@Suite struct GatePassTests {
    static let shape = GateShape(
        scorers: [.init(id: "h", scale: .rankOnly), .init(id: "m", scale: .logit), .init(id: "s", scale: .probability)],
        columns: [.init(name: "x@1", mean: 1, scale: 2), .init(name: "y@1", mean: 0, scale: 1)])

    /// Off every special value.
    static func parameters(_ seed: UInt64 = 3, spread: Float = 0.4) -> [Float] {
        var random = Random(seed: seed)
        return GatePlaces(shape).initialParameters().map { $0 + spread * random.normal() }
    }

    /// Seven rows; m is silent about row 2, s about rows 0 and 1.
    static func rows(_ seed: UInt64 = 5) -> GateRows {
        var random = Random(seed: seed)
        var rows = GateRows(shape, count: 7)
        rows.set(scorer: 0, (0..<7).map { _ in random.normal() })
        rows.set(scorer: 1, (0..<7).map { $0 == 2 ? .nan : random.normal() })
        rows.set(scorer: 2, (0..<7).map { $0 < 2 ? .nan : 1 / (1 + exp(-random.normal())) })
        rows.set(columns: (0..<14).map { _ in random.normal() })
        return rows
    }

    @Test func contributionsAddUpToTheScoreAndWeightsToOne() {
        var pass = GatePass(GateWeights(Self.shape, parameters: Self.parameters()))
        pass.forward(Self.rows())
        for row in 0..<7 {
            let sum = (0..<3).reduce(0) { $0 + pass.contribution(row: row, scorer: $1) }
            #expect(abs(sum - pass.scores[row]) < 1e-12)
            #expect(abs((0..<3).reduce(0) { $0 + pass.weight(row: row, scorer: $1) } - 1) < 1e-12)
        }
        #expect(pass.weight(row: 2, scorer: 1) == 0 && pass.contribution(row: 0, scorer: 2) == 0)
    }

    @Test func anUntrainedGateIsTheMeanOfThoseWhoAnswered() {
        let shape = GateShape(scorers: [.init(id: "a", scale: .rankOnly), .init(id: "b", scale: .rankOnly)])
        var rows = GateRows(shape, count: 5)
        rows.set(scorer: 0, [0, 1, 2, 3, 4])
        rows.set(scorer: 1, [0, 2, .nan, 1, .nan])
        var pass = GatePass(GateWeights(shape))
        pass.forward(rows)
        #expect(abs(pass.scores[2]) < 1e-6)
        #expect(abs(pass.scores[4] - 2 / 1.4826) < 1e-6)
        // b: median 1, MAD 1.
        #expect(abs(pass.scores[1] - (-1 + 1) / 1.4826 / 2) < 1e-6)
    }

    @Test func droppedScorersCountAsIfTheyHadNotAnswered() {
        let weights = GateWeights(Self.shape, parameters: Self.parameters())
        var pass = GatePass(weights)
        pass.forward(Self.rows(), allowed: 0b001)
        var alone = GateRows(Self.shape, count: 7)
        var random = Random(seed: 5)
        alone.set(scorer: 0, (0..<7).map { _ in random.normal() })
        var other = GatePass(weights)
        other.forward(alone)
        #expect(pass.answered == 0b001)
        #expect(pass.scores == other.scores && pass.confidence == other.confidence)
    }

    @Test func aRowThatEveryScorerPutsHigherIsNeverPutLower() {
        for seed in 0..<50 {
            var pass = GatePass(GateWeights(Self.shape, parameters: Self.parameters(UInt64(seed), spread: 1)))
            var rows = GateRows(Self.shape, count: 5)
            for scorer in 0..<3 { rows.set(scorer: scorer, [0.1, 0.2, 0.3, 0.4, 0.5]) }
            pass.forward(rows)
            for row in 1..<5 { #expect(pass.scores[row] >= pass.scores[row - 1]) }
        }
    }

    @Test func moreEvidenceNeverTakesConfidenceAway() throws {
        for seed in 0..<50 {
            var pass = GatePass(GateWeights(Self.shape, parameters: Self.parameters(UInt64(seed), spread: 1)))
            var last = 0.0
            for level: Float in [-4, -2, 0, 2, 4] {
                var rows = GateRows(Self.shape, count: 4)
                // One level for all rows: z is 0, the head's own logit carries it.
                rows.set(scorer: 1, [level, level, level, level])
                pass.forward(rows)
                let confidence = try #require(pass.confidence)
                #expect(confidence >= last && confidence <= 1)
                last = confidence
            }
        }
    }

    @Test func nobodyAnsweringIsNoConfidenceAndNoScore() {
        var pass = GatePass(GateWeights(Self.shape))
        pass.forward(GateRows(Self.shape, count: 3))
        #expect(pass.confidence == nil && pass.answered == 0 && !pass.isScored(0))
    }

    @Test func trustTakesWeightFromAScorerAndGivesItToTheOthers() {
        var pass = GatePass(GateWeights(Self.shape, parameters: Self.parameters()))
        let rows = Self.rows()
        pass.forward(rows)
        let (before, ratio) = (pass.weight(row: 3, scorer: 1), pass.weight(row: 3, scorer: 0) / pass.weight(row: 3, scorer: 2))
        pass.forward(rows, trust: [0, log(0.1), 0])
        #expect(pass.weight(row: 3, scorer: 1) < before / 5)
        #expect(abs(pass.weight(row: 3, scorer: 0) / pass.weight(row: 3, scorer: 2) - ratio) < 1e-9)
    }

    @Test(arguments: [UInt32(0b111), 0b011, 0b100]) func theGradientIsThatOfTheDifferences(allowed: UInt32) throws {
        let rows = Self.rows()
        let slopes: [Float] = [0.5, -0.25, 1, -0.5, 0.75, -1, 0.3]
        let start = Self.parameters()
        var pass = GatePass(Self.shape)
        func load(_ values: [Float]) {
            values.withUnsafeBufferPointer { pass.load($0) }
            pass.forward(rows, allowed: allowed)
        }
        func loss(_ values: [Float]) -> Double {
            load(values)
            return zip(slopes, pass.scores).reduce(0) { $0 + Double($1.0) * $1.1 }
        }
        load(start)
        var gradient = [Float](repeating: 0, count: start.count)
        gradient.withUnsafeMutableBufferPointer { buffer in
            // The buffer has one place per parameter, more than none.
            slopes.withUnsafeBufferPointer { pass.backward(rows, slopes: $0, gradients: buffer.baseAddress!) }
        }
        let places = GatePlaces(Self.shape)
        for entry in places.entries {
            for place in entry.range {
                var (up, down) = (start, start)
                up[place] += 1e-3
                down[place] -= 1e-3
                let difference = (loss(up) - loss(down)) / Double(up[place] - down[place])
                // Arithmetic in double; third derivatives times 1e-6 and the gradient's own float32 are left.
                #expect(
                    abs(difference - Double(gradient[place])) < 1e-5 * max(1, abs(difference)),
                    "\(entry.name)[\(place - entry.range.lowerBound)]: \(gradient[place]), by differences \(difference)")
            }
        }
        #expect(gradient.contains { abs($0) > 0.01 })
    }
}

/// Small and the same everywhere.
struct Random {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func uniform() -> Float {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Float(state >> 40) / Float(1 << 24)
    }

    /// Twelve uniforms are normal enough.
    mutating func normal() -> Float { (0..<12).reduce(Float(-6)) { sum, _ in sum + uniform() } }
}
