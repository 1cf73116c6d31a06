import Foundation
import StateSpace

/// One file of recorded tensors: inputs, weights, outputs and gradients of an independent reference.
///
/// Names as golden/README.md has them: `in.*`, `w.*`, `out.*`, `mid.*`, `state.*`, `loss.cot`, `grad.*`.
struct GoldenFile {
    let name: String
    let kind: String
    let tensors: SafetensorsFile
    private let configuration: [String: Any]

    init(path: String) throws {
        name = URL(fileURLWithPath: path).lastPathComponent
        tensors = try SafetensorsFile(path: path)
        kind = tensors.metadata["kind"] ?? ""
        let text = tensors.metadata["config"] ?? "{}"
        configuration = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }

    func integer(_ key: String) throws -> Int {
        guard let value = configuration[key] as? Int, (0..<1_000_000).contains(value) else {
            throw missing(key)
        }
        return value
    }

    func number(_ key: String) throws -> Double {
        guard let value = configuration[key] as? Double else { throw missing(key) }
        return value
    }

    func flag(_ key: String) throws -> Bool {
        guard let value = configuration[key] as? Bool else { throw missing(key) }
        return value
    }

    func text(_ key: String) throws -> String {
        guard let value = configuration[key] as? String else { throw missing(key) }
        return value
    }

    private func missing(_ key: String) -> EngineError {
        EngineError(.invalidInput, "\(name): its config has no usable \"\(key)\"")
    }

    func floats(_ name: String, shape: [Int]? = nil) throws -> [Float] {
        try tensors.floats(name, shape: shape)
    }
    func has(_ name: String) -> Bool { tensors.tensor(name) != nil }

    /// A tensor of that shape, whose last two dimensions are (channels, time), as rows of channels: […, L, H].
    func rows(_ name: String, _ shape: [Int]) throws -> [Float] {
        Self.turned(
            try floats(name, shape: shape), rows: shape[shape.count - 2], columns: shape[shape.count - 1])
    }

    /// Each block [rows, columns] to [columns, rows].
    static func turned(_ values: [Float], rows: Int, columns: Int) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        for start in stride(from: 0, to: values.count, by: max(rows * columns, 1)) {
            for row in 0..<rows {
                for column in 0..<columns {
                    result[start + column * rows + row] = values[start + row * columns + column]
                }
            }
        }
        return result
    }
}
