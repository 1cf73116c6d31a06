/// The tensors of one weights file, checked as a whole before the first is read.
package struct SafetensorsFile: @unchecked Sendable {
    // @unchecked Sendable: the bytes are only read; who hands borrowed ones in keeps them alive and unchanged.
    package let header: SafetensorsHeader
    private let data: UnsafeRawBufferPointer
    /// nil = the bytes are borrowed.
    private let owner: MappedFile?
    private let places: [String: Int]

    /// Over bytes of someone else (a plugin gets its weights mapped), who keeps them for as long as this lives.
    package init(borrowing bytes: UnsafeRawBufferPointer) throws(SafetensorsError) {
        try self.init(bytes, owner: nil)
    }

    package init(path: String) throws(SafetensorsError) {
        let file = try MappedFile(path: path)
        try self.init(file.bytes, owner: file)
    }

    private init(_ bytes: UnsafeRawBufferPointer, owner: MappedFile?) throws(SafetensorsError) {
        let header = try SafetensorsHeader(of: bytes)
        self.header = header
        self.owner = owner
        data = UnsafeRawBufferPointer(rebasing: bytes[header.byteCount...])
        places = Dictionary(uniqueKeysWithValues: header.tensors.enumerated().map { ($1.name, $0) })
    }

    package var metadata: [String: String] { header.metadata }
    package var names: [String] { header.tensors.map(\.name) }

    package func tensor(_ name: String) -> StoredTensor? { places[name].map { header.tensors[$0] } }

    /// The bytes of one tensor, not aligned to anything.
    package func withBytes<Result, Failure: Error>(
        of tensor: StoredTensor, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The file must outlive the pointer.
        try withExtendedLifetime(owner) { () throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: data[tensor.range]))
        }
    }

    /// The tensor as float32, converted from whatever float it is stored as; refused unless its shape is `shape`
    /// (nil = any).
    package func floats(_ name: String, shape: [Int]? = nil) throws(SafetensorsError) -> [Float] {
        let tensor = try check(name, shape: shape)
        guard let convert = Self.conversion(from: tensor.kind) else {
            throw SafetensorsError(
                "integers where floats are needed", at: "tensor \"\(name)\"", found: tensor.kind.rawValue,
                allowed: "F64, F32, F16, BF16")
        }
        return withBytes(of: tensor) { convert($0, tensor.count) }
    }

    /// The tensor, if it is there in that shape (nil = any).
    @discardableResult
    func check(_ name: String, shape: [Int]?) throws(SafetensorsError) -> StoredTensor {
        guard let tensor = tensor(name) else {
            throw SafetensorsError(
                "a missing tensor", at: "tensor \"\(name)\"", found: "\(places.count) others",
                allowed: "this one")
        }
        if let shape, shape != tensor.shape {
            throw SafetensorsError(
                "a wrong shape", at: "tensor \"\(name)\"", found: "\(tensor.shape)", allowed: "\(shape)")
        }
        return tensor
    }

    private static func conversion(from kind: TensorKind) -> ((UnsafeRawBufferPointer, Int) -> [Float])? {
        // Unaligned loads: a header of odd length puts the data anywhere.
        func each<Stored>(_ make: @escaping (Stored) -> Float) -> (UnsafeRawBufferPointer, Int) -> [Float]
        where Stored: BitwiseCopyable {
            { bytes, count in
                (0..<count).map {
                    make(bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Stored>.size, as: Stored.self))
                }
            }
        }
        return switch kind {
        case .float32: each { (bits: UInt32) in Float(bitPattern: UInt32(littleEndian: bits)) }
        case .float64: each { (bits: UInt64) in Float(Double(bitPattern: UInt64(littleEndian: bits))) }
        case .bfloat16: each { (bits: UInt16) in Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16) }
        case .float16: each { (bits: UInt16) in HalfFloat.float(UInt16(littleEndian: bits)) }
        case .int64, .int32, .int8, .uint8: nil
        }
    }
}
