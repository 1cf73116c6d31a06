/// What a safetensors file says about itself: eight bytes of length, JSON, then the data without gaps
/// (github.com/huggingface/safetensors, «Format»; ssm-math §14).
package struct SafetensorsHeader: Sendable {
    /// In the order of their data.
    package let tensors: [StoredTensor]
    /// `__metadata__`: strings alone.
    package let metadata: [String: String]
    /// Bytes in front of the data: the length and the JSON.
    package let byteCount: Int

    /// A header names tensors; a model of ours has a hundred. Refused before anything is allocated for it.
    static let maximumBytes = 16 << 20
    static let maximumDimensions = 8

    /// Reads and checks the header of a whole file.
    package init(of file: UnsafeRawBufferPointer) throws(SafetensorsError) {
        guard file.count >= 8 else {
            throw SafetensorsError(
                "too short", at: "file", found: "\(file.count) bytes", allowed: "at least 8")
        }
        let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
        guard length <= Self.maximumBytes, length <= file.count - 8 else {
            throw SafetensorsError(
                "the header's length is wrong", at: "byte 0", found: "\(length)",
                allowed: "at most \(min(Self.maximumBytes, file.count - 8))")
        }
        byteCount = 8 + Int(length)
        var reader = HeaderReader(UnsafeRawBufferPointer(rebasing: file[8..<byteCount]))
        (tensors, metadata) = try Self.read(&reader)
        try Self.checkTiling(tensors, dataBytes: file.count - byteCount)
    }

    private static func read(
        _ reader: inout HeaderReader
    ) throws(SafetensorsError) -> ([StoredTensor], [String: String]) {
        var tensors: [StoredTensor] = []
        var metadata: [String: String] = [:]
        try reader.object { (reader: inout HeaderReader, name: String) throws(SafetensorsError) in
            if name == "__metadata__" {
                try reader.object { (reader: inout HeaderReader, key: String) throws(SafetensorsError) in
                    metadata[key] = try reader.string()
                }
            } else {
                tensors.append(try tensor(name, &reader))
            }
        }
        guard reader.isAtEnd() else { throw reader.unexpected("spaces after the object") }
        tensors.sort {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        return (tensors, metadata)
    }

    private static func tensor(
        _ name: String, _ reader: inout HeaderReader
    ) throws(SafetensorsError) -> StoredTensor {
        var kind: TensorKind?
        var shape: [Int]?
        var offsets: [Int]?
        try reader.object { (reader: inout HeaderReader, key: String) throws(SafetensorsError) in
            switch key {
            case "dtype":
                let word = try reader.string()
                kind = TensorKind(rawValue: word)
                if kind == nil { throw unknownKind(word, tensor: name) }
            case "shape": shape = try reader.integers(limit: maximumDimensions)
            case "data_offsets": offsets = try reader.integers(limit: 2)
            default:
                throw SafetensorsError(
                    "an unknown key", at: "tensor \"\(name)\"", found: "\"\(key)\"",
                    allowed: "dtype, shape, data_offsets")
            }
        }
        guard let kind, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
            throw SafetensorsError(
                "an incomplete description", at: "tensor \"\(name)\"",
                found:
                    "dtype \(kind?.rawValue ?? "–"), shape \(shape.map { "\($0)" } ?? "–"), data_offsets \(offsets.map { "\($0)" } ?? "–")",
                allowed: "dtype, shape and two rising data_offsets")
        }
        try checkSize(name, kind, shape, bytes: offsets[1] - offsets[0])
        return StoredTensor(name: name, kind: kind, shape: shape, range: offsets[0]..<offsets[1])
    }

    private static func unknownKind(_ word: String, tensor name: String) -> SafetensorsError {
        SafetensorsError(
            "an unknown dtype", at: "tensor \"\(name)\"", found: "\"\(word)\"",
            allowed: TensorKind.allCases.map(\.rawValue).joined(separator: ", "))
    }

    private static func checkSize(
        _ name: String, _ kind: TensorKind, _ shape: [Int], bytes: Int
    ) throws(SafetensorsError) {
        var product = kind.width
        for dimension in shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
            guard !overflow else {
                throw SafetensorsError(
                    "a shape beyond any file", at: "tensor \"\(name)\"", found: "\(shape)",
                    allowed: "below 2^63 bytes")
            }
            product = next
        }
        guard product == bytes else {
            throw SafetensorsError(
                "dtype × shape isn't its bytes", at: "tensor \"\(name)\"", found: "\(bytes) bytes",
                allowed: "\(product) bytes for \(kind.rawValue) \(shape)")
        }
    }

    /// The data must be the tensors and nothing else: what nobody names could carry anything.
    private static func checkTiling(_ tensors: [StoredTensor], dataBytes: Int) throws(SafetensorsError) {
        var end = 0
        for tensor in tensors {
            guard tensor.range.lowerBound == end else {
                throw SafetensorsError(
                    tensor.range.lowerBound < end ? "tensors that overlap" : "a gap between tensors",
                    at: "tensor \"\(tensor.name)\"", found: "begin \(tensor.range.lowerBound)",
                    allowed: "begin \(end)")
            }
            end = tensor.range.upperBound
        }
        guard end == dataBytes else {
            throw SafetensorsError(
                "the tensors don't fill the file", at: "data", found: "\(end) bytes described",
                allowed: "\(dataBytes) bytes, the file's rest")
        }
    }
}
