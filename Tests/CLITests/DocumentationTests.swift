import ArgumentParser
import Engine
import Foundation
import Testing

@testable import mneme

/// docs/operations.md promises what the program does, and no less.
@Suite struct DocumentationTests {
    private static let page: String = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return (try? String(contentsOf: root.appendingPathComponent("docs/operations.md"), encoding: .utf8))
            ?? ""
    }()

    @Test func everyExitCodeIsDocumentedWithItsName() {
        for status in RunStatus.allCases where status != .ok {
            #expect(Self.page.contains("| \(status.rawValue) | `\(status.name)` |"))
            #expect(Mneme.configuration.discussion.contains("\(status.rawValue) "))
        }
    }

    @Test func everyCommandHasItsJSONDocumented() {
        func check(_ command: any ParsableCommand.Type, _ path: [String]) {
            let children = Subcommands.children(of: command)
            for child in children { check(child, path + [Subcommands.name(of: child)]) }
            if children.isEmpty, path != ["serve"] {
                #expect(Self.page.contains("`\(path.joined(separator: " "))`"), "\(path)")
            }
        }
        check(Mneme.self, [])
    }

    @Test func everyCommandTakesTheCommonOptionsAndExplainsItself() {
        func check(_ command: any ParsableCommand.Type, _ path: [String]) {
            #expect(!command.configuration.abstract.isEmpty)
            let children = Subcommands.children(of: command)
            for child in children { check(child, path + [Subcommands.name(of: child)]) }
            if children.isEmpty { #expect(command is any MnemeCommand.Type, "\(path)") }
        }
        check(Mneme.self, [])
    }

    @Test func thePageOfColumnsIsWhatTheProgramPrints() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("docs/columns.md"), encoding: .utf8)
        #expect(page.hasSuffix("\n\n" + Engine.columnsMarkdown), "mneme columns prints another table")
    }

    @Test func everyKeyOfARankingIsDocumented() throws {
        let ranking = Run("search", "q", "--json").object
        let memory = try #require((ranking["memories"] as? [[String: Any]])?.first)
        let stored = Run("get", "m_1", "--json").object
        for key in [ranking, memory, stored].flatMap(\.keys) {
            #expect(Self.page.contains("`\(key)") || Self.page.contains("\(key):"), "\(key)")
        }
    }
}
