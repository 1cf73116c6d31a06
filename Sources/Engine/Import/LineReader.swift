import Foundation

/// Lines of a file, a `.gz` file (through `gzip -dc`) or standard input ("-"), in bounded memory. A line of more than 64 MiB is
/// yielded as nil: too long.
struct LineReader {
    let path: String
    static let longest = 64 << 20

    var size: Int64? {
        guard path != "-", !path.hasSuffix(".gz") else { return nil }
        return ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.int64Value
    }

    /// Calls `body` with the 1-based number, the bytes without the line break, and the bytes read so far.
    func forEachLine(_ body: (_ number: Int, _ line: Data?, _ bytesRead: Int64) throws -> Void) throws {
        let handle: FileHandle
        var process: Process?
        if path == "-" {
            handle = .standardInput
        } else if path.hasSuffix(".gz") {
            let gzip = Process()
            gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            gzip.arguments = ["gzip", "-dc", "--", path]
            let pipe = Pipe()
            gzip.standardOutput = pipe
            try gzip.run()
            process = gzip
            handle = pipe.fileHandleForReading
        } else {
            guard let opened = FileHandle(forReadingAtPath: path) else {
                throw EngineError(.invalidInput, "cannot read \(path): no such file, or no permission")
            }
            handle = opened
        }
        var rest = Data()
        var number = 0
        var consumed: Int64 = 0
        var tooLong = false
        while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
            consumed += Int64(chunk.count)
            var start = chunk.startIndex
            while let end = chunk[start...].firstIndex(of: 0x0A) {
                rest.append(chunk[start..<end])
                number += 1
                try body(number, tooLong ? nil : Self.trimmed(rest, isFirst: number == 1), consumed)
                rest.removeAll(keepingCapacity: true)
                tooLong = false
                start = end + 1
            }
            if rest.count + (chunk.endIndex - start) > Self.longest {
                tooLong = true
                rest.removeAll()
            } else if !tooLong {
                rest.append(chunk[start...])
            }
        }
        if !rest.isEmpty || tooLong { try body(number + 1, tooLong ? nil : Self.trimmed(rest, isFirst: number == 0), consumed) }
        process?.waitUntilExit()
        if let status = process?.terminationStatus, status != 0 { throw EngineError(.invalidInput, "\(path) is not a whole gzip file (gzip ended with \(status))") }
    }

    private static func trimmed(_ line: Data, isFirst: Bool) -> Data {
        var line = line
        if line.last == 0x0D { line.removeLast() }
        if isFirst, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        return line
    }
}
