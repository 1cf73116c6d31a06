/// What one element of a stored tensor is; the raw values are safetensors' names.
package enum TensorKind: String, Sendable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case int8 = "I8"
    case uint8 = "U8"

    /// Bytes per element.
    package var width: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16: 2
        case .int8, .uint8: 1
        }
    }
}

/// One tensor of a file: what its bytes mean and where they lie.
package struct StoredTensor: Sendable, Equatable {
    package let name: String
    package let kind: TensorKind
    /// Row major; empty = a scalar.
    package let shape: [Int]
    /// Bytes, relative to the end of the header.
    package let range: Range<Int>

    /// Elements.
    package var count: Int { range.count / kind.width }
}
