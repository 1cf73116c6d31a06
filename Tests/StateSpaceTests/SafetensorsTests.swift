import Foundation
import StateSpace
import Testing

@Suite struct SafetensorsTests {
    @Test func whatIsWrittenIsReadBack() throws {
        var writer = SafetensorsWriter(metadata: ["kind": "a \"quoted\"\n\u{1} ⟨name⟩ 😀", "empty": ""])
        writer.add("int", [1, -2, 127] as [Int8], shape: [3])
        writer.add("float", [1.5, -.infinity, 0x1p-140, 0], shape: [2, 2])
        writer.add("none", [] as [Float], shape: [0, 4])
        let bytes = writer.bytes()
        try bytes.withUnsafeBytes { bytes in
            let file = try SafetensorsFile(borrowing: bytes)
            #expect(file.metadata == writer.metadata)
            #expect(try file.floats("float", shape: [2, 2]) == [1.5, -.infinity, 0x1p-140, 0])
            #expect(file.integers("int") == [1, -2, 127])
            #expect(try file.floats("none").isEmpty)
            #expect(file.header.byteCount % 8 == 0)
            #expect(file.withView(of: "float", as: .float32, Float.self) { $0.count } == 4)
            #expect(file.withView(of: "int", as: .float32, Float.self) { $0.count } == nil, "not that kind")
        }
    }

    @Test func everyFloatKindBecomesFloat32() throws {
        var writer = SafetensorsWriter()
        func bytes<Bits: FixedWidthInteger>(_ values: [Bits]) -> [UInt8] {
            values.flatMap { withUnsafeBytes(of: $0.littleEndian) { Array($0) } }
        }
        writer.add("f64", .float64, [2], bytes([(0.1).bitPattern, (-2.0).bitPattern]))
        // 1, largest, smallest subnormal, -0, infinity.
        writer.add("f16", .float16, [5], bytes([0x3C00, 0x7BFF, 0x0001, 0x8000, 0x7C00] as [UInt16]))
        writer.add("bf16", .bfloat16, [2], bytes([0x3F80, 0xC049] as [UInt16]))
        writer.add("i64", .int64, [1], bytes([7] as [Int64]))
        let file = writer.bytes()
        try file.withUnsafeBytes { bytes in
            let file = try SafetensorsFile(borrowing: bytes)
            #expect(try file.floats("f64") == [0.1, -2])
            #expect(try file.floats("f16") == [1, 65504, 0x1p-24, -0.0, .infinity])
            #expect(try file.floats("bf16") == [1, -3.140625])
            #expect(throws: SafetensorsError.self) { try file.floats("i64") }
        }
    }

    @Test func dataAtAnyAddressAreRead() throws {
        let bytes = Self.file(
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: [0, 0, 0x80, 0x3F])
        // Every shift once: none of them may trap.
        for shift in 0..<8 {
            let shifted = [UInt8](repeating: 0, count: shift) + bytes
            try shifted.withUnsafeBytes { all in
                let file = try SafetensorsFile(borrowing: UnsafeRawBufferPointer(rebasing: all[shift...]))
                #expect(try file.floats("a") == [1])
            }
        }
    }

    static let refused: [(header: String, data: Int, says: String)] = [
        (#"[]"#, 0, "what safetensors writes"),
        (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}x"#, 1, "spaces after"),
        (
            #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}"#,
            1, "twice"
        ),
        (#"{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1, "twice"),
        (#"{"__metadata__":{"k":"1","k":"2"}}"#, 0, "twice"),
        (#"{"__metadata__":{"k":1}}"#, 0, "what safetensors writes"),
        (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2, "gap"),
        (
            #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#,
            3, "overlap"
        ),
        (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 2, "don't fill"),
        (#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#, 2, "don't fill"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "isn't its bytes"),
        (
            #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0,
            "beyond any file"
        ),
        (#"{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}"#, 8, "unknown dtype"),
        (#"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#, 1, "without a sign"),
        (#"{"a":{"dtype":"U8","shape":[01],"data_offsets":[0,1]}}"#, 1, "leading zeros"),
        (#"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#, 1, "what safetensors writes"),
        (#"{"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,1]}}"#, 1, "below 2^63"),
        (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}"#, 1, "incomplete"),
        (#"{"a":{"dtype":"U8","shape":[1]}}"#, 1, "incomplete"),
        (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":0}}"#, 1, "unknown key"),
        (#"{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1, "scalar"),
        (#"{"a"#, 0, "the string's end"),
    ]

    @Test(arguments: refused.indices) func aFileThatIsNotExactlyRightIsRefusedWithItsReason(index: Int) {
        let (header, data, says) = Self.refused[index]
        let bytes = Self.file(header, data: [UInt8](repeating: 0, count: data))
        let error = #expect(throws: SafetensorsError.self) {
            try bytes.withUnsafeBytes { _ = try SafetensorsFile(borrowing: $0) }
        }
        #expect(error?.description.contains(says) == true, "\(error.map(\.description) ?? "-")")
    }

    @Test func aLengthBeyondTheFileIsRefusedBeforeAnythingIsRead() {
        for length in [UInt64.max, 1 << 40, 3] {
            let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}".utf8)
            #expect(throws: SafetensorsError.self) {
                try bytes.withUnsafeBytes { _ = try SafetensorsFile(borrowing: $0) }
            }
        }
    }

    @Test func aWrongShapeNamesBoth() throws {
        try Self.file(#"{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: [1]).withUnsafeBytes {
            let file = try SafetensorsFile(borrowing: $0)
            let error = #expect(throws: SafetensorsError.self) { try file.floats("w", shape: [2, 3]) }
            #expect(error?.found == "[1]" && error?.allowed == "[2, 3]")
        }
    }

    @Test func aFileIsReplacedWholeAndLeavesNothingBeside() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "mneme-weights-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "w.safetensors").path
        for value in [Float(1), 2] {
            var writer = SafetensorsWriter()
            writer.add("a", [value], shape: [1])
            // The file that is mapped stays what it was while its successor appears.
            let before = try? SafetensorsFile(path: path)
            try writer.write(to: path)
            if let before { #expect(try before.floats("a") == [value - 1]) }
            #expect(try SafetensorsFile(path: path).floats("a") == [value])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["w.safetensors"])
        #expect(throws: SafetensorsError.self) {
            try SafetensorsWriter().write(to: folder.path + "/no/w.safetensors")
        }
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: folder.path) }
    }

    static func file(_ header: String, data: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
    }
}
