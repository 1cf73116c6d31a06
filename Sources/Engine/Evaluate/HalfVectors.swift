import Foundation

/// Rows of a NumPy file of float16, in C order: `memories_lsa256.npy` and kin.
struct HalfVectors {
    let width: Int
    let count: Int
    private let values: [Float16]

    /// - Returns: nil if there is no such file.
    /// - Throws: `EngineError` if it is another kind of array.
    init?(file: String) throws {
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        func refused(_ why: String) -> EngineError { EngineError(.invalidInput, "\(file): \(why)") }
        // Magic, version 1.0, length of the header in 16 bits; then a Python dictionary as text.
        guard data.count > 10, data.prefix(8) == Data([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]) else {
            throw refused("it is no NumPy file of version 1.0")
        }
        let start = 10 + (Int(data[8]) | Int(data[9]) << 8)
        guard start <= data.count else { throw refused("it ends within its header") }
        let header = String(decoding: data[10..<start], as: UTF8.self)
        guard header.contains("'<f2'"), header.contains("'fortran_order': False") else {
            throw refused("its values aren't float16 in C order")
        }
        let shape = header.split(separator: "(").last?.split(separator: ")").first?.split(separator: ",")
            .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        guard let shape, shape.count == 2, shape[0] >= 0, shape[1] > 0, shape[0] < 1 << 24, shape[1] < 1 << 16,
            data.count == start + 2 * shape[0] * shape[1]
        else { throw refused("its size doesn't fit its shape") }
        (count, width) = (shape[0], shape[1])
        values = (0..<shape[0] * shape[1]).map { place in
            Float16(bitPattern: UInt16(data[start + 2 * place]) | UInt16(data[start + 2 * place + 1]) << 8)
        }
    }

    /// The inner product of two rows; their cosine where rows have length 1.
    func product(_ row: Int, _ other: HalfVectors, _ otherRow: Int) -> Double {
        var sum: Float = 0
        for place in 0..<width {
            sum += Float(values[row * width + place]) * Float(other.values[otherRow * width + place])
        }
        return Double(sum)
    }
}
