/// Where each named tensor stands in one flat vector of parameters. Gradients and optimiser moments use the same
/// layout, names and shapes are those of PyTorch's state dict (math 14).
package struct ParameterLayout: Sendable {
    package struct Entry: Sendable, Equatable {
        package let name: String
        package let shape: [Int]
        package let offset: Int
        package let count: Int
        /// Whether AdamW shrinks it (math 9): matrices yes; A_log, D, biases and norms no.
        package let decays: Bool
    }

    package private(set) var entries: [Entry] = []
    package private(set) var count = 0

    package init() {}

    /// Appends a tensor and returns its offset.
    @discardableResult
    package mutating func add(_ name: String, _ shape: [Int], decays: Bool) -> Int {
        let entry = Entry(name: name, shape: shape, offset: count, count: shape.reduce(1, *), decays: decays)
        entries.append(entry)
        count += entry.count
        return entry.offset
    }

    package subscript(name: String) -> Entry? { entries.first { $0.name == name } }
}

extension FloatBuffer {
    /// The values of one tensor of a flat vector.
    package subscript(entry: ParameterLayout.Entry) -> [Float] {
        Array(UnsafeBufferPointer(start: start + entry.offset, count: entry.count))
    }
}
