import Foundation
import Storage
import Testing

@testable import Engine

@Suite struct `Reading a folder of Markdown notes` {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func items() throws -> [ImportItem] { try all(MarkdownFolderReader(folder: folder.path)) }

    @Test func eachSectionIsAMemoryWithThePathOfItsHeadings() throws {
        try folder.write("n/a.md", "Intro.\n\n# One\n\nFirst.\n\n## Deep ##\nSecond.\n\n# Two\n\nThird.\n")
        let memories = try items().memories
        #expect(
            memories.map(\.text) == [
                "n/a.md\n\nIntro.", "One\n\nFirst.", "One › Deep\n\nSecond.", "Two\n\nThird.",
            ])
        #expect(memories.map(\.session) == Array(repeating: "n/a.md", count: 4))
        #expect(memories.map(\.ordinal) == [0, 1, 2, 3])
        #expect(
            memories.map(\.id) == [
                "markdown:n/a.md", "markdown:n/a.md#one", "markdown:n/a.md#one/deep", "markdown:n/a.md#two",
            ])
        #expect(memories[2].metadata == #"{"file":"n/a.md","line":8,"headings":["One","Deep"]}"#)
    }

    @Test func frontMatterGivesTitleTimeTagsAndAuthor() throws {
        try folder.write(
            "a.md",
            "---\r\ntitle: \"The plan\"\r\ndate: 2023-05-08\r\ntags: [alpha, 'beta']\r\nauthor: Ann\r\nkeywords:\r\n  - gamma\r\n---\r\nBody.\r\n"
        )
        let memory = try #require(try items().memories.first)
        #expect(memory.text == "The plan\n\nBody.")
        #expect(memory.createdAtMilliseconds == 1_683_504_000_000)
        #expect(memory.author == "Ann")
        #expect(memory.entities.filter { $0.kind == "tag" }.map(\.name) == ["alpha", "beta", "gamma"])
    }

    @Test func aDateThatIsNoneIsReportedAndTheFilesTimeIsUsed() throws {
        try folder.write("a.md", "---\ndate: last week\n---\nBody.")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_600_000_000)],
            ofItemAtPath: folder.path + "/a.md")
        let items = try items()
        #expect(items.problems.map(\.key) == ["date"])
        #expect(items.memories.map(\.createdAtMilliseconds) == [1_600_000_000_000])
    }

    @Test func codeBlocksAreKeptAndTheirCommentsAreNoHeadings() throws {
        let body = "Run:\n\n```sh\n# not a heading\n\nmake\n```\n\nDone."
        try folder.write("a.md", "# Use\n\n\(body)\n")
        #expect(try items().memories.map(\.text) == ["Use\n\n\(body)"])
    }

    @Test func linksToNotesAreEntitiesAndLinksToTheWebAreNot() throws {
        try folder.write(
            "deep/a.md",
            "See [[B]], [[Gone|there]], [c](../c%20d.md#x), [web](https://e.org/x.md), [out](../../x.md).")
        try folder.write("b.md", "B.")
        let memory = try #require(try items().memories.first { $0.session == "deep/a.md" })
        #expect(
            memory.entities == [
                EntityMention(name: "deep/a.md", kind: "file"),
                EntityMention(name: "b.md", kind: "file", aspect: "link"),
                EntityMention(name: "Gone", kind: "concept", aspect: "link"),
                EntityMention(name: "c d.md", kind: "file", aspect: "link"),
            ])
    }

    @Test func underlinedHeadingsAreHeadingsAndRulesAndTablesAreNot() throws {
        try folder.write("a.md", "Title\n=====\n\nText\n\n---\n\n| a |\n|---|\n\nSub\n---\nEnd")
        #expect(
            try items().memories.map(\.text) == [
                "Title\n\nText\n\n---\n\n| a |\n|---|", "Title › Sub\n\nEnd",
            ])
    }

    @Test func aLongSectionIsSplitBetweenParagraphsAndNeverInACodeBlock() throws {
        let paragraph = String(repeating: "word ", count: 300).trimmingWhitespace()
        let code = "```\n" + String(repeating: "code\n\n", count: 1000) + "```"
        try folder.write(
            "a.md", "# H\n\n" + ([String](repeating: paragraph, count: 4) + [code]).joined(separator: "\n\n"))
        let memories = try items().memories
        #expect(
            memories.map(\.text) == [
                "H\n\n\(paragraph)\n\n\(paragraph)", "H\n\n\(paragraph)\n\n\(paragraph)", "H\n\n\(code)",
            ])
        #expect(Set(memories.map(\.id)).count == 3)
    }

    @Test func hiddenFoldersOtherFilesAndLinksAreLeftOut() throws {
        try folder.write(".hidden/a.md", "x")
        try folder.write("a.png", "x")
        try folder.write("b.md", "B.")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/loop", withDestinationPath: folder.path)
        #expect(try items().memories.map(\.session) == ["b.md"])
    }

    @Test func anEmptyNoteAndABrokenOneHarmNobody() throws {
        try folder.write("a.md", "")
        try folder.write("b.md", "---\nnever closed\n")
        try Data([0x23, 0x20, 0xFF, 0x0A, 0x78]).write(to: URL(fileURLWithPath: folder.path + "/c.md"))
        let items = try items()
        #expect(items.memories.map(\.session) == ["b.md", "c.md"])
        #expect(items.problems.map(\.severity) == [.warning])
    }
}
