import StateSpace

/// Small tasks that tell what a sequence layer can do (ssm-math 12.6, 12.2). The raw values are the command's words.
package enum SyntheticTask: String, Sendable, CaseIterable {
    /// Random tokens 0 … 14, once a 15, and 15 again at the end: what followed the first one?
    case induction
    /// Eight tokens 1 … 14 at random places among zeros; at eight cues (15), say them in order.
    case selectiveCopying = "selective-copying"
    /// A start token, then bits; after each one, is the number of ones so far odd?
    case parity

    package var vocabulary: Int { self == .parity ? 3 : 16 }
    package var outputs: Int { self == .parity ? 2 : 16 }

    /// Where it is trained in the end.
    package var trainingLength: Int { self == .parity ? 40 : 64 }
    package var testLengths: [Int] {
        self == .parity ? [20, 40, 80, 160, 256] : [32, 64, 128, 256, 512, 1024]
    }

    private static let cue: Int32 = 15
    private static let copied = 8
    /// Parity's: without one a layer that treats every step alike can't tell the first.
    private static let start: Int32 = 2

    /// `forTest`: parity is judged at the last bit alone, where nothing but the whole count helps.
    package func example(length: Int, forTest: Bool, using random: inout SplitMix64) -> TokenExample {
        switch self {
        case .induction: induction(length, &random)
        case .selectiveCopying: selectiveCopying(length, &random)
        case .parity: parity(length, forTest, &random)
        }
    }

    private func induction(_ length: Int, _ random: inout SplitMix64) -> TokenExample {
        precondition(length >= 2, "room for the cue and the answer")
        var tokens = (0..<length).map { _ in Int32.random(in: 0..<Self.cue, using: &random) }
        let place = Int.random(in: 0..<length - 1, using: &random)
        tokens[place] = Self.cue
        tokens.append(Self.cue)
        return TokenExample(tokens: tokens, asked: [Int32(length)], answers: [tokens[place + 1]])
    }

    private func selectiveCopying(_ length: Int, _ random: inout SplitMix64) -> TokenExample {
        precondition(length >= Self.copied, "room for what is copied")
        var tokens = [Int32](repeating: 0, count: length)
        let places = (0..<length).shuffled(using: &random).prefix(Self.copied).sorted()
        for place in places { tokens[place] = Int32.random(in: 1..<Self.cue, using: &random) }
        let answers = places.map { tokens[$0] }
        tokens += Array(repeating: Self.cue, count: Self.copied)
        let asked = (length..<length + Self.copied).map(Int32.init)
        return TokenExample(tokens: tokens, asked: asked, answers: answers)
    }

    private func parity(_ length: Int, _ forTest: Bool, _ random: inout SplitMix64) -> TokenExample {
        let bits = (0..<length).map { _ in Int32.random(in: 0...1, using: &random) }
        var sum: Int32 = 0
        let sums = bits.map { bit in
            sum ^= bit
            return sum
        }
        let judged = forTest ? length - 1..<length : 0..<length
        return TokenExample(
            tokens: [Self.start] + bits, asked: judged.map { Int32($0 + 1) }, answers: Array(sums[judged]))
    }

    /// The length of batch `index` of `batches`: parity's bound grows from 3 to 40 over the first half.
    func length(ofBatch index: Int, of batches: Int, using random: inout SplitMix64) -> Int {
        guard self == .parity else { return trainingLength }
        let share = min(1, Double(index) / max(1, Double(batches) / 2))
        return Int.random(in: 3...3 + Int(share * Double(trainingLength - 3)), using: &random)
    }

    /// Fresh examples for every batch.
    package func batches(size: Int, steps: Int, seed: UInt64) -> GeneratedBatches<TokenExample> {
        // Only a curriculum depends on the number of steps; any other run may be resumed to go further.
        let course = self == .parity ? ", curriculum over \(steps) steps" : ""
        return GeneratedBatches("\(rawValue), batches of \(size)\(course)", seed: seed) { index, random in
            (0..<size).map { _ in
                let length = length(ofBatch: index, of: steps, using: &random)
                return example(length: length, forTest: false, using: &random)
            }
        }
    }

    /// Examples to test on, the same for the same seed and never those of a training run with it.
    package func testExamples(length: Int, count: Int, seed: UInt64) -> [TokenExample] {
        var random = SplitMix64(seeds: seed, 0x7465_7374, UInt64(length))
        return (0..<count).map { _ in example(length: length, forTest: true, using: &random) }
    }
}
