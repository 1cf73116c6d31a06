import StateSpace

/// A weights file: header, tiling, every tensor that it claims to hold, and a model if it has one.
func fuzzWeights(_ input: UnsafeRawBufferPointer) {
    do {
        let file = try SafetensorsFile(borrowing: input)
        for name in file.names { _ = try? file.floats(name) }
        _ = file.names.compactMap { file.integers($0) }
        _ = try S4DNetwork(file)
    } catch { _ = error.description }
}
