import Foundation

/// A Markdown text taken apart into its front matter and its sections.
///
/// Headings are `#` to `######` and lines underlined with `===` or `---`; inside a fence of ``` or ~~~
/// nothing is a heading. A section longer than `splitByteCount` is split between paragraphs, never in a fence.
struct MarkdownNote {
    enum Link: Hashable {
        /// `[[Name]]`, `[[Name|shown]]`, `[[Name#heading]]`
        case name(String)
        /// `[shown](folder/note.md#heading)`
        case path(String)
    }

    struct Section {
        /// From the outermost heading to the section's own.
        var headings: [String]
        /// First line of the body's heading (or of the body), from 1.
        var line: Int
        var body: String
        var links: [Link]

        /// Headings (the note's title first), a blank line, the body.
        func text(in note: MarkdownNote, file: String) -> String {
            var path = headings
            if let title = note.frontMatter.title, path.first != title { path.insert(title, at: 0) }
            if path.isEmpty { path = [file] }
            return path.joined(separator: " › ") + (body.isEmpty ? "" : "\n\n" + body)
        }
    }

    /// About 1,000 tokens: what still fits beside others in a prompt.
    static let splitByteCount = 4000

    let frontMatter: FrontMatter
    private(set) var sections: [Section] = []

    init(_ text: String) {
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
            .map(String.init)  // "\r\n" is one Character
        if let first = lines.first, first.hasPrefix("\u{FEFF}") {
            lines[0] = String(first.unicodeScalars.dropFirst())
        }
        let (frontMatter, bodyStart) = FrontMatter.read(lines)
        self.frontMatter = frontMatter

        var headings: [(level: Int, title: String)] = []
        var body: [String] = []
        var bodyLine = bodyStart + 1
        var fence: String?

        func flush(into sections: inout [Section]) {
            defer { body = [] }
            for (offset, part) in Self.split(body) {
                let links = Self.links(in: part)
                sections.append(
                    Section(
                        headings: headings.map(\.title), line: bodyLine + offset, body: part, links: links))
            }
        }
        func open(level: Int, title: String, line: Int, into sections: inout [Section]) {
            flush(into: &sections)
            headings.removeAll { $0.level >= level }
            if !title.isEmpty { headings.append((level, title)) }
            bodyLine = line + 1
        }

        for index in bodyStart..<max(bodyStart, lines.count) {
            let line = lines[index]
            let content = line.drop { $0 == " " }
            let isIndented = line.count - content.count > 3
            if let opened = fence {
                body.append(line)
                let closing = content.prefix { $0 == opened.first }
                if !isIndented, closing.count >= opened.count,
                    content.dropFirst(closing.count).allSatisfy(\.isWhitespace)
                {
                    fence = nil
                }
            } else if !isIndented, content.hasPrefix("```") || content.hasPrefix("~~~") {
                fence = String(content.prefix { $0 == content.first })
                body.append(line)
            } else if !isIndented, let (level, title) = Self.heading(content) {
                open(level: level, title: title, line: index + 1, into: &sections)
            } else if !isIndented, let level = Self.underline(content), let title = Self.underlined(body.last)
            {
                body.removeLast()
                open(level: level, title: title, line: index + 1, into: &sections)
            } else {
                body.append(line)
            }
        }
        flush(into: &sections)
    }

    /// For ids: letters and digits in lower case, everything else a hyphen.
    static func slug(_ heading: String) -> String {
        heading.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
    }

    // MARK: Headings

    private static func heading(_ line: Substring) -> (level: Int, title: String)? {
        let marks = line.prefix { $0 == "#" }
        guard (1...6).contains(marks.count) else { return nil }
        let rest = line.dropFirst(marks.count)
        guard rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
        var title = String(rest).trimmingWhitespace()
        let closing = title.reversed().prefix { $0 == "#" }.count
        if closing > 0, closing == title.count || title.dropLast(closing).last == " " {
            title = String(title.dropLast(closing)).trimmingWhitespace()
        }
        return (marks.count, title)
    }

    private static func underline(_ line: Substring) -> Int? {
        let marks = String(line).trimmingWhitespace()
        guard marks.count >= 3 else { return nil }
        if marks.allSatisfy({ $0 == "=" }) { return 1 }
        return marks.allSatisfy { $0 == "-" } ? 2 : nil
    }

    /// The line above an underline, if it is a line of plain text and not a list, table, quote or comment.
    private static func underlined(_ line: String?) -> String? {
        guard let title = line?.trimmingWhitespace(), let first = title.first, title.count <= 200,
            !"-*+>|<".contains(first)
        else { return nil }
        return title
    }

    // MARK: Splitting

    /// Parts of at most `splitByteCount` where paragraphs allow it, with the line each starts on.
    private static func split(_ lines: [String]) -> [(offset: Int, text: String)] {
        var parts: [(Int, String)] = []
        var part: [String] = []
        var start = 0
        var byteCount = 0
        var fence: String?

        func close(at index: Int) {
            let leading = part.prefix { $0.allSatisfy(\.isWhitespace) }.count
            let filled = part.dropFirst(leading)
            var text = filled.joined(separator: "\n")
            while text.last?.isWhitespace == true { text.removeLast() }
            if !text.isEmpty { parts.append((start + leading, text)) }
            part = []
            byteCount = 0
            start = index
        }
        // Paragraph by paragraph: one that would make the part too long starts the next part.
        var paragraphStart = 0
        for index in 0...lines.count {
            let isEnd = index == lines.count
            if !isEnd {
                let content = lines[index].drop { $0 == " " }
                if let opened = fence {
                    if content.hasPrefix(opened) { fence = nil }
                } else if content.hasPrefix("```") || content.hasPrefix("~~~") {
                    fence = String(content.prefix { $0 == content.first })
                }
            }
            guard isEnd || (fence == nil && lines[index].allSatisfy(\.isWhitespace)) else { continue }
            let paragraph = lines[paragraphStart..<min(index + 1, lines.count)]
            let size = paragraph.reduce(0) { $0 + $1.utf8.count + 1 }
            if byteCount > 0, byteCount + size > splitByteCount { close(at: paragraphStart) }
            part.append(contentsOf: paragraph)
            byteCount += size
            paragraphStart = index + 1
        }
        close(at: lines.count)
        return parts
    }

    // MARK: Links

    private static func links(in text: String) -> [Link] {
        var links: [Link] = []
        func add(_ link: Link) {
            if !links.contains(link) { links.append(link) }
        }
        var rest = text[...]
        while let open = rest.firstIndex(of: "[") {
            rest = rest[open...].dropFirst()
            if rest.first == "[", let close = rest.firstIndex(of: "]") {
                let inner = rest[rest.index(after: rest.startIndex)..<close]
                let name = String(inner.prefix { $0 != "|" && $0 != "#" && !$0.isNewline })
                    .trimmingWhitespace()
                if !name.isEmpty { add(.name(name)) }
                rest = rest[close...].dropFirst()
                continue
            }
            guard let close = rest.firstIndex(of: "]") else { break }
            let after = rest.index(after: close)
            guard after < rest.endIndex, rest[after] == "(" else { continue }
            guard let end = rest[after...].firstIndex(of: ")") else { break }
            var target = rest[rest.index(after: after)..<end].prefix {
                $0 != "#" && $0 != "?" && !$0.isWhitespace
            }
            if target.first == "<" { target = target.dropFirst().prefix { $0 != ">" } }
            if let path = Self.localPath(String(target)) { add(.path(path)) }
            rest = rest[end...]
        }
        return links
    }

    /// A path to a file with an extension, percent escapes undone; nil for a URL or a bare anchor.
    private static func localPath(_ target: String) -> String? {
        guard !target.isEmpty, !target.contains(":"), !target.hasPrefix("//") else { return nil }
        let path = target.removingPercentEncoding ?? target
        let name = path.split(separator: "/").last ?? ""
        return name.dropFirst().contains(".") ? path : nil
    }
}
