/// A session in at most 256 bytes: its state and the trunk's last output, projected on the directions in which training
/// saw them vary most, one int8 each.
///
///     q = round((v − mean) · basisᵀ ÷ step)      v ≈ mean + (q step) · basis
package struct CompactProjection: Sendable, Equatable {
    static let names = ["compact.mean", "compact.basis", "compact.step"]
    /// 256 less the time and the marks before the numbers.
    package static let mostNumbers = 240

    /// [S]: state, then output.
    package let mean: [Float]
    /// [K, S], rows of length 1 that are orthogonal to each other.
    package let basis: [Float]
    /// [K]: one unit of int8.
    package let step: [Float]

    package var count: Int { step.count }

    package init(mean: [Float], basis: [Float], step: [Float]) {
        precondition(basis.count == mean.count * step.count && step.count <= Self.mostNumbers, "one row per number")
        self.mean = mean
        self.basis = basis
        self.step = step
    }

    /// nil = the file has none.
    init?(_ file: SafetensorsFile, _ shape: ScorerShape) throws(SafetensorsError) {
        guard Self.names.contains(where: { file.tensor($0) != nil }) else { return nil }
        let size = Self.size(shape)
        let step = try file.floats("compact.step")
        guard (1...Self.mostNumbers).contains(step.count) else {
            throw SafetensorsError(
                "a compact state of another size", at: "tensor \"compact.step\"", found: "\(step.count) numbers",
                allowed: "1 to \(Self.mostNumbers)")
        }
        mean = try file.floats("compact.mean", shape: [size])
        basis = try file.floats("compact.basis", shape: [step.count, size])
        self.step = step
        guard step.allSatisfy({ $0 > 0 }), (mean + basis + step).allSatisfy(\.isFinite) else {
            throw SafetensorsError(
                "a number that can't be", at: "tensors \"compact.…\"", found: "NaN, infinity or a step of 0",
                allowed: "finite numbers, steps above 0")
        }
    }

    func add(to writer: inout SafetensorsWriter) {
        writer.add("compact.mean", mean, shape: [mean.count])
        writer.add("compact.basis", basis, shape: [count, mean.count])
        writer.add("compact.step", step, shape: [count])
    }

    /// S
    package static func size(_ shape: ScorerShape) -> Int { shape.stateCount + shape.width }

    /// The session as K numbers.
    package func encode(_ state: ScorerState) -> [Int8] {
        let vector = state.vector
        return (0..<count).map { row in
            var sum: Float = 0
            for place in vector.indices { sum += (vector[place] - mean[place]) * basis[row * mean.count + place] }
            return Int8(min(max((sum / step[row]).rounded(), -127), 127))
        }
    }

    /// Replaces what `state` holds by what the numbers say.
    package func decode(_ numbers: [Int8], into state: ScorerState) {
        var vector = mean
        for (row, number) in numbers.enumerated() where number != 0 {
            let factor = Float(number) * step[row]
            for place in vector.indices { vector[place] += factor * basis[row * mean.count + place] }
        }
        state.vector = vector
    }
}

extension ScorerState {
    /// The carried numbers and the last output, one after the other.
    package var vector: [Float] {
        get { trunk.values + output.array }
        set {
            let count = trunk.count
            trunk.values = Array(newValue[..<count])
            for place in 0..<output.count { output.start[place] = newValue[count + place] }
        }
    }
}
