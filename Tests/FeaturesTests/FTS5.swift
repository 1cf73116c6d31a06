import Foundation

/// SQLite's command line tool, asked what its full-text index makes of a text.
enum FTS5 {
    static let tool: String? = ["/usr/bin/sqlite3", "/usr/local/bin/sqlite3"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// The tokens of each text, in order.
    static func tokens(_ texts: [String], tokenizer: String) throws -> [[String]] {
        guard let tool else { return [] }
        var script = """
            CREATE VIRTUAL TABLE f USING fts5(x, tokenize = '\(tokenizer)');
            CREATE VIRTUAL TABLE v USING fts5vocab(f, 'instance');
            BEGIN;

            """
        for (row, text) in texts.enumerated() {
            let quoted = text.replacingOccurrences(of: "'", with: "''")
            script += "INSERT INTO f(rowid, x) VALUES (\(row), '\(quoted)');\n"
        }
        script += "COMMIT;\nSELECT doc, term FROM v ORDER BY doc, offset;\n"
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).sql")
        try Data(script.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = ["-batch", "-separator", "\t", ":memory:"]
        process.standardInput = try FileHandle(forReadingFrom: file)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        var tokens = texts.map { _ in [String]() }
        // Split by the byte: a term may begin with a mark that would merge with the tab before it.
        for line in output.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1)
            guard parts.count == 2, let row = Int(String(decoding: parts[0], as: UTF8.self)) else { continue }
            tokens[row].append(String(decoding: parts[1], as: UTF8.self))
        }
        return tokens
    }
}
