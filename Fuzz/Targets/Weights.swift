import StateSpace

/// A weights file: header, tiling, and every tensor that it claims to hold.
func fuzzWeights(_ input: UnsafeRawBufferPointer) {
    do {
        let file = try SafetensorsFile(borrowing: input)
        for name in file.names { _ = try? file.floats(name) }
        _ = file.names.compactMap { file.integers($0) }
    } catch { _ = error.description }
}
