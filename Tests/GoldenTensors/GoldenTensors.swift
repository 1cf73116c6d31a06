import Foundation

/// A recorded file of Tests/Golden: named tensors and metadata (safetensors, float32 or uint8; ssm-math 14).
public struct GoldenTensors: Sendable {
    public struct Tensor: Sendable {
        public let shape: [Int]
        public let values: [Float]
    }

    public let name: String
    public let metadata: [String: String]
    public let tensors: [String: Tensor]

    public struct Unreadable: Error {
        let file: String, tensor: String
    }

    public init(_ name: String) throws {
        let data = try Data(contentsOf: Self.folder.appendingPathComponent("public-\(name).safetensors"))
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let object = try JSONSerialization.jsonObject(with: data[8..<8 + length])
        guard var header = object as? [String: [String: Any]] else {
            throw Unreadable(file: name, tensor: "header")
        }
        metadata = header.removeValue(forKey: "__metadata__") as? [String: String] ?? [:]
        let body = Array(data[(8 + length)...])
        tensors = try Dictionary(
            uniqueKeysWithValues: header.map { key, entry in
                guard let shape = entry["shape"] as? [Int], let place = entry["data_offsets"] as? [Int],
                    let type = entry["dtype"] as? String
                else { throw Unreadable(file: name, tensor: key) }
                return (key, Tensor(shape: shape, values: Self.values(body[place[0]..<place[1]], type)))
            })
        self.name = name
    }

    private static func values(_ bytes: ArraySlice<UInt8>, _ type: String) -> [Float] {
        guard type == "F32" else { return bytes.map { Float($0) } }
        return bytes.withUnsafeBytes { raw in
            (0..<raw.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Golden")

    /// The values of a tensor; an absent one is an empty list, which no comparison passes.
    public subscript(name: String) -> [Float] { tensors[name]?.values ?? [] }

    public func shape(_ name: String) -> [Int] { tensors[name]?.shape ?? [] }

    /// The file's `config`: sizes and options.
    public var config: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data((metadata["config"] ?? "{}").utf8))) as? [String: Any]
            ?? [:]
    }
}

/// max|difference| / max|reference| of a tensor (ssm-math 11); infinite where the counts differ or a number is missing.
public func relativeError(_ values: [Float], _ reference: [Float]) -> Double {
    guard values.count == reference.count, !values.isEmpty else { return .infinity }
    var worst = 0.0
    var largest = 1e-30
    for (value, expected) in zip(values, reference) {
        let difference = abs(Double(value) - Double(expected))
        if difference.isNaN { return .infinity }
        worst = max(worst, difference)
        largest = max(largest, abs(Double(expected)))
    }
    return worst / largest
}

/// The worst of several comparisons, with the name of the tensor it was found in.
public struct WorstError: Sendable, CustomStringConvertible {
    public private(set) var value = 0.0
    public private(set) var tensor = "none"

    public init() {}

    public mutating func add(_ name: String, _ values: [Float], _ reference: [Float]) {
        let error = relativeError(values, reference)
        if error > value { (value, tensor) = (error, name) }
    }

    public var description: String { String(format: "%.1e", value) + " (\(tensor))" }
}
