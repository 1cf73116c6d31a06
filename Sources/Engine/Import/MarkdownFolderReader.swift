import Foundation
import Storage

/// A folder of Markdown notes: one memory per section.
package final class MarkdownFolderReader: ImportReader {
    package static let markdownExtensions: Set<String> = ["md", "markdown", "mdown", "mdx"]
    package static let documentationExtensions = markdownExtensions.union(["txt", "rst", "adoc"])

    package init(folder: String, extensions: Set<String> = markdownExtensions) throws(ImportError) {}
    package var progress: ImportProgress { ImportProgress(unit: .files, done: 0, total: 0) }
    package func next() throws(ImportError) -> ImportItem? { nil }
}
