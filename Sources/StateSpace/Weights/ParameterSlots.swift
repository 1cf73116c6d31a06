/// The named parameters of a model, one after the other in one flat array of floats.
///
/// Values, gradients and an optimiser's moments have the same layout, so an optimiser is a loop over one array.
package struct ParameterSlots: Sendable, Equatable {
    package struct Slot: Sendable, Equatable {
        /// As PyTorch's `state_dict` has it.
        package let name: String
        package let shape: [Int]
        /// Floats of the flat array.
        package let range: Range<Int>
        /// Whether weight decay applies: to matrices, not to dynamics, biases and norms.
        package let decays: Bool
    }

    package private(set) var slots: [Slot] = []
    /// Floats in all.
    package var count: Int { slots.last?.range.upperBound ?? 0 }

    package init() {}

    /// Appends a parameter and returns where it lies.
    package mutating func add(_ name: String, _ shape: [Int], decays: Bool = false) -> Range<Int> {
        let range = count..<(count + shape.reduce(1, *))
        slots.append(Slot(name: name, shape: shape, range: range, decays: decays))
        return range
    }

    /// The values of a file, whose names may carry a prefix; every shape must match, tensors beyond these are left alone.
    package func read(_ file: SafetensorsFile, prefix: String = "") throws(SafetensorsError) -> [Float] {
        // All shapes before the first allocation: a file may claim a width whose matrices fill no memory.
        for slot in slots { try file.check(prefix + slot.name, shape: slot.shape) }
        var values: [Float] = []
        values.reserveCapacity(count)
        for slot in slots { values += try file.floats(prefix + slot.name, shape: slot.shape) }
        return values
    }

    package func add(_ values: [Float], to writer: inout SafetensorsWriter, prefix: String = "") {
        for slot in slots { writer.add(prefix + slot.name, Array(values[slot.range]), shape: slot.shape) }
    }
}
