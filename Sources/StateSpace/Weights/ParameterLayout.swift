/// Where each named tensor of a model stands in one flat vector of floats.
///
/// Values, gradients and an optimiser's moments share the layout, so an optimiser is a loop over one vector. Names and
/// shapes are those of PyTorch's state dict (math 14).
package struct ParameterLayout: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let name: String
        package let shape: [Int]
        /// Floats of the flat vector.
        package let range: Range<Int>
        /// Whether AdamW shrinks it (math 9): matrices yes; dynamics, biases and norms no.
        package let decays: Bool

        package var offset: Int { range.lowerBound }
        package var count: Int { range.count }
    }

    package private(set) var entries: [Entry] = []
    /// Floats in all.
    package var count: Int { entries.last?.range.upperBound ?? 0 }

    package init() {}

    /// Appends a tensor and returns its offset.
    @discardableResult
    package mutating func add(_ name: String, _ shape: [Int], decays: Bool) -> Int {
        range(adding: name, shape, decays: decays).lowerBound
    }

    /// Appends a tensor and returns where it lies.
    package mutating func range(adding name: String, _ shape: [Int], decays: Bool = false) -> Range<Int> {
        let range = count..<(count + shape.reduce(1, *))
        entries.append(Entry(name: name, shape: shape, range: range, decays: decays))
        return range
    }

    package subscript(name: String) -> Entry? { entries.first { $0.name == name } }

    /// The values of a file, whose names may carry a prefix; every shape must match, tensors beyond these are left alone.
    package func read(_ file: SafetensorsFile, prefix: String = "") throws(SafetensorsError) -> [Float] {
        // All shapes before the first allocation: a file may claim a width whose matrices fill no memory.
        for entry in entries { try file.check(prefix + entry.name, shape: entry.shape) }
        var values: [Float] = []
        values.reserveCapacity(count)
        for entry in entries { values += try file.floats(prefix + entry.name, shape: entry.shape) }
        return values
    }

    /// Adds every tensor of `values` to a file.
    package func add(_ values: [Float], to writer: inout SafetensorsWriter, prefix: String = "") {
        for entry in entries { writer.add(prefix + entry.name, Array(values[entry.range]), shape: entry.shape) }
    }
}

extension FloatBuffer {
    /// The values of one tensor of a flat vector.
    package subscript(entry: ParameterLayout.Entry) -> [Float] {
        Array(UnsafeBufferPointer(start: start + entry.offset, count: entry.count))
    }
}
