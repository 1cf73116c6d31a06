/// What a note says about itself between two lines `---` at its start: the flat part of YAML,
/// `key: value`, `key: [a, b]` and `key:` followed by `- item` lines.
struct FrontMatter {
    var title: String?
    /// As written.
    var date: String?
    var tags: [String] = []
    var author: String?
    var type: String?
    var importance: Double?
    var isPinned = false

    /// The front matter, empty where there is none, and the index of the first line behind it.
    static func read(_ lines: [String]) -> (FrontMatter, bodyStart: Int) {
        guard lines.first?.trimmingWhitespace() == "---",
            let end = lines.dropFirst().prefix(200).firstIndex(where: {
                let line = $0.trimmingWhitespace()
                return line == "---" || line == "..."
            })
        else { return (FrontMatter(), 0) }

        var matter = FrontMatter()
        var listKey: String?
        for line in lines[1..<end] {
            let content = line.trimmingWhitespace()
            if content.hasPrefix("- ") || content == "-", let listKey {
                matter.take(listKey, [unquoted(content.dropFirst())])
                continue
            }
            guard line.first?.isWhitespace == false, !content.hasPrefix("#"),
                let colon = content.firstIndex(of: ":")
            else { continue }
            let key = content[..<colon].lowercased().trimmingWhitespace()
            let value = String(content[colon...].dropFirst()).trimmingWhitespace()
            listKey = value.isEmpty ? key : nil
            if value.hasPrefix("["), value.hasSuffix("]"), value.count >= 2 {
                matter.take(key, value.dropFirst().dropLast().split(separator: ",").map { unquoted($0) })
            } else if !value.isEmpty {
                matter.take(key, [unquoted(value)])
            }
        }
        return (matter, end + 1)
    }

    private mutating func take(_ key: String, _ values: [String]) {
        let values = values.filter { !$0.isEmpty }
        guard let first = values.first else { return }
        switch key {
        case "title": title = first
        case "date", "created", "created_at": date = first
        case "tag", "tags", "keywords":
            // `tags: a, b` is as common as the list
            let parts = values.flatMap { $0.split(separator: ",") }.map { String($0).trimmingWhitespace() }
            for tag in parts.map({ $0.hasPrefix("#") ? String($0.dropFirst()) : $0 })
            where !tag.isEmpty && !tags.contains(tag) { tags.append(tag) }
        case "author": author = first
        case "type": type = first
        case "importance": importance = Double(first).flatMap { 0...1 ~= $0 ? $0 : nil }
        case "pinned": isPinned = ["true", "yes"].contains(first.lowercased())
        default: break
        }
    }

    private static func unquoted(_ text: some StringProtocol) -> String {
        let value = String(text).trimmingWhitespace()
        guard value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote
        else {
            return value
        }
        return String(value.dropFirst().dropLast())
    }
}
