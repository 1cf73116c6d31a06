import Foundation
import Storage

/// A folder of Markdown notes: one memory per section, the note is its session, headings above it its first line.
package struct MarkdownSource: ImportSource {
    private let folder: String
    private let files: [String]

    package init(folder: String) throws {
        self.folder = folder
        let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        files = all.filter { ($0.hasSuffix(".md") || $0.hasSuffix(".markdown")) && !$0.split(separator: "/").contains { $0.hasPrefix(".") } }.sorted()
        if files.isEmpty { throw EngineError(.invalidInput, "\(folder) holds no Markdown files (.md, .markdown)") }
    }

    package var unitsTotal: Int64? { Int64(files.count) }

    package func read(_ body: (ImportItem, Int64) throws -> Void) throws {
        for (index, file) in files.enumerated() {
            let path = "\(folder)/\(file)"
            guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
                try body(.problem(line: nil, reason: "\(file) is not readable UTF-8"), Int64(index + 1))
                continue
            }
            let modified = ((try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date) ?? Date()
            let note = Note(text)
            let time = note.date ?? Int64(modified.timeIntervalSince1970 * 1000)
            for (ordinal, section) in note.sections.enumerated() {
                var memory = NewMemory(text: section, createdAtMilliseconds: time)
                memory.type = "note"
                memory.session = file
                memory.ordinal = ordinal
                memory.source = "markdown:\(file)"
                memory.entities = [EntityMention(name: file, kind: "file")] + note.tags.map { EntityMention(name: $0, kind: "tag") }
                try body(.memory(memory, user: nil), Int64(index + 1))
            }
        }
    }

    private struct Note {
        var sections: [String] = []
        var date: Int64?
        var tags: [String] = []

        init(_ text: String) {
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }
            if lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") {
                for line in lines[1..<end] {
                    let pair = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                    guard pair.count == 2 else { continue }
                    if pair[0] == "date" || pair[0] == "created" { date = Timestamp.milliseconds(pair[1]) }
                    if pair[0] == "tags" {
                        tags = pair[1].split { "[],\" ".contains($0) }.map(String.init)
                    }
                }
                lines.removeSubrange(0...end)
            }
            var headings: [String] = []
            var current: [Substring] = []
            var inCode = false
            func close(_ headings: [String], _ current: inout [Substring]) -> String? {
                let body = current.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
                current = []
                return body.isEmpty ? nil : (headings.isEmpty ? body : headings.joined(separator: " › ") + "\n" + body)
            }
            for line in lines {
                if line.hasPrefix("```") { inCode.toggle() }
                let level = line.prefix { $0 == "#" }.count
                if !inCode, (1...6).contains(level), line.dropFirst(level).first == " " {
                    if let section = close(headings, &current) { sections.append(section) }
                    headings = Array(headings.prefix(level - 1)) + [line.dropFirst(level).trimmingCharacters(in: .whitespaces)]
                } else {
                    current.append(line)
                }
            }
            if let section = close(headings, &current) { sections.append(section) }
        }
    }
}
