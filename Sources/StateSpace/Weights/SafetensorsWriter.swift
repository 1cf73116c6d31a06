import Glibc

/// Collects tensors and writes them as one file that PyTorch's safetensors reads.
///
/// The file appears whole or not at all: it is written beside its place, flushed to the disk and renamed.
package struct SafetensorsWriter {
    private var entries: [(name: String, kind: TensorKind, shape: [Int], bytes: [UInt8])] = []
    package var metadata: [String: String]

    package init(metadata: [String: String] = [:]) { self.metadata = metadata }

    package mutating func add(_ name: String, _ values: [Float], shape: [Int]) {
        precondition(shape.reduce(1, *) == values.count, "\(name): \(shape) isn't \(values.count) values")
        add(name, .float32, shape, values.withUnsafeBytes { Array($0) })
    }

    package mutating func add(_ name: String, _ values: [Int8], shape: [Int]) {
        precondition(shape.reduce(1, *) == values.count, "\(name): \(shape) isn't \(values.count) values")
        add(name, .int8, shape, values.map(UInt8.init(bitPattern:)))
    }

    /// Raw little-endian bytes of any kind.
    package mutating func add(_ name: String, _ kind: TensorKind, _ shape: [Int], _ bytes: [UInt8]) {
        precondition(
            bytes.count == shape.reduce(kind.width, *), "\(name): \(shape) \(kind) isn't \(bytes.count) bytes"
        )
        precondition(name != "__metadata__" && !entries.contains { $0.name == name }, "\(name) is taken")
        entries.append((name, kind, shape, bytes))
    }

    /// The whole file. Wide kinds come first, so that every tensor is aligned for its own.
    package func bytes() -> [UInt8] {
        let sorted = entries.sorted { ($1.kind.width, $0.name) < ($0.kind.width, $1.name) }
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var end = 0
        for entry in sorted {
            let begin = end
            end += entry.bytes.count
            let shape = entry.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(quoted(entry.name)):{\"dtype\":\"\(entry.kind.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]}"
            )
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        // Data start at a multiple of 8, as the reference writer has it.
        header += Array(repeating: 0x20, count: (8 - header.count % 8) % 8)
        let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
        return sorted.reduce(into: length + header) { $0 += $1.bytes }
    }

    package func write(to path: String) throws(SafetensorsError) {
        let temporary = "\(path).\(getpid()).new"
        do throws(SafetensorsError) {
            try flush(bytes(), to: temporary)
            guard rename(temporary, path) == 0 else {
                throw MappedFile.failure("can't rename the new file", path)
            }
        } catch {
            unlink(temporary)
            throw error
        }
        // The name is durable only once its folder is on the disk.
        let slash = path.lastIndex(of: "/")
        let folder = open(
            slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".",
            O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    private func flush(_ bytes: [UInt8], to path: String) throws(SafetensorsError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw MappedFile.failure("can't create", path) }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress! + done, bytes.count - done)
            }
            // Force unwrap: `done < count`, so the array isn't empty.
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw MappedFile.failure("can't write", path) }
            done += written
        }
        guard fsync(file) == 0 else { throw MappedFile.failure("can't flush", path) }
    }

    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
