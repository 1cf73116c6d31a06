/// What the models ask of a file to find their shape.
extension SafetensorsFile {
    /// The shape of a tensor that must be there, without an empty dimension.
    func shape(_ name: String, dimensions: Int) throws(SafetensorsError) -> [Int] {
        let shape = tensor(name)?.shape
        guard let shape, shape.count == dimensions, shape.allSatisfy({ (1...1 << 20).contains($0) }) else {
            throw SafetensorsError(
                "a tensor that every such model has", at: "tensor \"\(name)\"",
                found: shape.map { "\($0)" } ?? "nothing",
                allowed: "\(dimensions) dimensions from 1 to \(1 << 20)")
        }
        return shape
    }

    /// How many of a numbered family there are, from zero without a gap.
    func count(_ name: (Int) -> String) -> Int {
        var count = 0
        while tensor(name(count)) != nil { count += 1 }
        return count
    }

    /// A word of the metadata.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String
    ) throws(SafetensorsError) -> Choice {
        guard let choice = metadata[key].flatMap(Choice.init(rawValue:)) else {
            throw SafetensorsError(
                "an unknown word", at: "metadata \"\(key)\"", found: metadata[key] ?? "nothing",
                allowed: Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }
}
