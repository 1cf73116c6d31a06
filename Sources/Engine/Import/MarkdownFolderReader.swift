import Foundation
import Storage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of Markdown notes: one memory per section, with the path of its headings in front.
///
/// The file is the session and the section's place in it the ordinal. The time is the front matter's date,
/// otherwise the file's modification time. Tags are entities of kind `tag`; the file itself and the notes it
/// links to are entities of kind `file`, under the same names as in the history of a git repository.
/// Hidden folders, `node_modules` and links to elsewhere are left out.
package final class MarkdownFolderReader: ImportReader {
    package static let markdownExtensions: Set<String> = ["md", "markdown", "mdown", "mdx"]
    /// What counts as documentation where a repository has no history.
    package static let documentationExtensions = markdownExtensions.union(["txt", "rst", "adoc"])
    package static let maximumFileByteCount = 8 << 20

    private let folder: String
    /// Relative to the folder, sorted; only names are held.
    private let files: [String]
    /// `[[Name]]` → file, by the lower-case name without folder and extension.
    private let filesByStem: [String: String]
    private var nextFile = 0
    private var pending: ArraySlice<ImportItem> = []

    package init(
        folder: String, extensions: Set<String> = MarkdownFolderReader.markdownExtensions
    ) throws(ImportError) {
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw ImportError(
                .notAFolder, place: folder, "isn't a folder", advice: "Name a folder with Markdown files")
        }
        files = Self.list(self.folder, extensions: extensions)
        var stems: [String: String] = [:]
        for file in files where stems[Self.stem(file)] == nil { stems[Self.stem(file)] = file }
        filesByStem = stems
    }

    package var progress: ImportProgress { ImportProgress(unit: .files, done: nextFile, total: files.count) }

    package func next() throws(ImportError) -> ImportItem? {
        while true {
            if let item = pending.popFirst() { return item }
            guard nextFile < files.count else { return nil }
            let file = files[nextFile]
            nextFile += 1
            pending = read(file)[...]
        }
    }

    // MARK: One file

    private func read(_ file: String) -> ArraySlice<ImportItem> {
        let path = "\(folder)/\(file)"
        var information = stat()
        guard stat(path, &information) == 0, let data = FileManager.default.contents(atPath: path) else {
            return [.problem(ImportProblem(.skipped, file: path, "can't be read; check its permissions"))]
        }
        guard data.count <= Self.maximumFileByteCount else {
            return [
                .problem(
                    ImportProblem(
                        .skipped, file: path,
                        "found \(data.count) bytes, allowed: up to \(Self.maximumFileByteCount)"))
            ]
        }
        var items: [ImportItem] = []
        let text: String
        if let valid = String(validating: data, as: UTF8.self) {
            text = valid
        } else {
            text = String(decoding: data, as: UTF8.self)
            items.append(
                .problem(
                    ImportProblem(.warning, file: path, "found bytes that aren't UTF-8; replaced by U+FFFD")))
        }

        let note = MarkdownNote(text)
        #if canImport(Darwin)
            let seconds = information.st_mtimespec.tv_sec
        #else
            let seconds = information.st_mtim.tv_sec
        #endif
        var createdAt = Int64(seconds) * 1000
        if let date = note.frontMatter.date {
            if let stamp = Timestamp(iso8601: date) {
                createdAt = stamp.milliseconds
            } else {
                items.append(
                    .problem(
                        ImportProblem(
                            .warning, file: path, key: "date",
                            "found \(jsonQuoted(date)), allowed: \(Timestamp.allowedForms); the file's time is used"
                        )))
            }
        }

        var slugCounts: [String: Int] = [:]
        for (ordinal, section) in note.sections.enumerated() {
            var slug = section.headings.map(MarkdownNote.slug).joined(separator: "/")
            let count = slugCounts[slug, default: 0]
            slugCounts[slug] = count + 1
            if count > 0 { slug += "~\(count + 1)" }

            var memory = NewMemory(text: section.text(in: note, file: file), createdAtMilliseconds: createdAt)
            memory.id = Self.identifier(
                "markdown:\(file)" + (slug.isEmpty ? "" : "#\(slug)"), line: section.line)
            memory.type = note.frontMatter.type ?? "note"
            memory.author = note.frontMatter.author
            memory.importance = note.frontMatter.importance
            memory.isPinned = note.frontMatter.isPinned
            memory.session = file
            memory.ordinal = ordinal
            memory.source = "markdown:\(file)"
            memory.entities = entities(of: section, in: note, file: file)
            let headings = section.headings.map { jsonQuoted($0) }.joined(separator: ",")
            memory.metadata =
                "{\"file\":\(jsonQuoted(file)),\"line\":\(section.line),\"headings\":[\(headings)]}"
            items.append(.memory(memory, scopeHint: nil))
        }
        return items[...]
    }

    /// An id has at most 512 bytes; a longer one is cut and told apart by its line.
    private static func identifier(_ full: String, line: Int) -> String {
        guard full.utf8.count > 512 else { return full }
        var cut = full
        while cut.utf8.count > 480 { cut.removeLast() }
        return "\(cut)…\(line)"
    }

    private func entities(of section: MarkdownNote.Section, in note: MarkdownNote, file: String)
        -> [EntityMention]
    {
        var mentions = [EntityMention(name: file, kind: "file", aspect: section.headings.last)]
        mentions += note.frontMatter.tags.map { EntityMention(name: $0, kind: "tag") }
        for link in section.links {
            let mention: EntityMention
            switch link {
            case .name(let name):
                mention =
                    filesByStem[name.lowercased()].map {
                        EntityMention(name: $0, kind: "file", aspect: "link")
                    }
                    ?? EntityMention(name: name, kind: "concept", aspect: "link")
            case .path(let path):
                guard let target = Self.resolve(path, from: file) else { continue }
                mention = EntityMention(name: target, kind: "file", aspect: "link")
            }
            if mention.name != file, !mentions.contains(mention) { mentions.append(mention) }
        }
        return mentions
    }

    /// A link's path relative to the folder; nil if it leaves the folder.
    private static func resolve(_ path: String, from file: String) -> String? {
        var parts = path.hasPrefix("/") ? [] : file.split(separator: "/").dropLast().map(String.init)
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                guard !parts.isEmpty else { return nil }
                parts.removeLast()
            default: parts.append(String(part))
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    // MARK: Files

    private static func list(_ folder: String, extensions: Set<String>) -> [String] {
        var found: [String] = []
        var folders = [""]
        while let current = folders.popLast() {
            let path = current.isEmpty ? folder : "\(folder)/\(current)"
            for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
                guard !name.hasPrefix("."), name != "node_modules" else { continue }
                let relative = current.isEmpty ? name : "\(current)/\(name)"
                var information = stat()
                guard lstat("\(folder)/\(relative)", &information) == 0 else { continue }
                switch information.st_mode & S_IFMT {
                case S_IFDIR: folders.append(relative)
                case S_IFREG where extensions.contains((name as NSString).pathExtension.lowercased()):
                    found.append(relative)
                default: break
                }
            }
        }
        return found.sorted()
    }

    private static func stem(_ file: String) -> String {
        (((file as NSString).lastPathComponent) as NSString).deletingPathExtension.lowercased()
    }
}
