import Foundation
import Storage
import Testing

@testable import Engine

@Suite struct `Reading the evaluation datasets` {
    @Test func `the current folder is no dataset, and no crash`() {
        #expect(throws: ImportError.self) { try Dataset(folder: ".") }
    }

    static let data = ProcessInfo.processInfo.environment["MNEME_DATA"] ?? "/work/shared/data"
    static var isHere: Bool { FileManager.default.fileExists(atPath: data + "/locomo/dev") }

    @Test func aConversationIsAScopeAndItsSessionsCountFromZeroInFileOrder() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "mini/dev/memories.jsonl",
            """
            {"conv":"c1","id":"D1:1","session":1,"turn":1,"ts":"2023-05-08T13:56:00","speaker":"Ann","text":"Hi"}
            {"conv":"c1","id":"D1:3","session":1,"turn":3,"ts":"2023-05-08T13:56:00","speaker":"Bob","text":"Look","image_caption":"a dog"}
            {"conv":"c2","id":"D1:1","session":1,"turn":1,"ts":"2023-05-08T13:56:00","speaker":"Cy","text":"Yo"}
            {"conv":"c1"}
            """)
        try folder.write(
            "mini/dev/queries.jsonl",
            """
            {"conv":"c1","qid":"q0","question":"Who?","category":5,"category_name":"adversarial","evidence":["D1:1"],"asked_at":"2023-06-01T00:00:00"}
            {"conv":"c1","qid":"q1","question":"What?","category":1,"category_name":"multi_hop","evidence":[],"asked_at":"2023-06-01T00:00:00"}
            {"conv":"c1","qid":"q2","question":"Where?","category":1,"category_name":"multi_hop","evidence":["D1:3"],"asked_at":"2023-06-01T00:00:00"}
            """)
        let dataset = try Dataset(folder: folder.path + "/mini")
        #expect(dataset.kind == .conversations && dataset.name == "mini")
        let items = try all(dataset.reader())
        #expect(items.memories.map(\.ordinal) == [0, 1, 0])
        #expect(items.memories.map(\.session) == ["1", "1", "1"])
        #expect(items.memories.map(\.author) == ["Ann", "Bob", "Cy"])
        #expect(items.memories[1].caption == "a dog")
        #expect(items.scopes == [ScopeHint(user: "c1"), ScopeHint(user: "c1"), ScopeHint(user: "c2")])
        #expect(items.problems.map(\.line) == [4])
        #expect(try dataset.queries().queries.map(\.isPrimary) == [false, false, true])
    }

    @Test func aFolderOfSomethingElseIsRefused() throws {
        let folder = try TemporaryFolder()
        #expect(throws: ImportError.self) { try Dataset(folder: folder.path) }
        try folder.write("memories.jsonl", "{\"x\":1}")
        let error = #expect(throws: ImportError.self) { try Dataset(folder: folder.path) }
        #expect(error?.code == .unknownDataset)
    }

    @Test(
        .enabled(if: isHere),
        arguments: [
            ("locomo/dev", 2960, 1020, 786), ("realtalk/dev", 7183, 444, 422), ("madial/dev", 160, 80, 80),
            ("memorybench20/dev", 147, 38, 32),
        ])
    func theCountsAgreeWithTheDatasetsOwnFigures(part: String, memories: Int, queries: Int, primary: Int)
        throws
    {
        let dataset = try Dataset(folder: "\(Self.data)/\(part)")
        let items = try all(dataset.reader())
        #expect(items.memories.count == memories && items.problems.isEmpty)
        let keys = zip(items.scopes, items.memories).map { "\($0?.user ?? "")/\($1.id ?? "")" }
        #expect(Set(keys).count == memories)
        let (found, problems) = try dataset.queries()
        #expect(found.count == queries && problems.isEmpty)
        #expect(found.count(where: \.isPrimary) == primary)
        let known = Set(keys)
        #expect(
            found.allSatisfy { query in
                query.evidence.allSatisfy { known.contains("\(query.conversation)/\($0)") }
            })
    }

    @Test(.enabled(if: isHere)) func commitsOfTheAccessStreamsTouchOnlyFilesThatCameBefore() throws {
        let dataset = try Dataset(folder: Self.data + "/git_access/dev")
        let items = try all(dataset.reader())
        #expect(items.events.count == 1057 + 2582 + 1233 + 3046 && items.problems.isEmpty)
        let keys = zip(items.scopes, items.memories).map { "\($0?.user ?? "")/\($1.id ?? "")" }
        #expect(Set(keys).count == keys.count)
        var seen: Set<String> = []
        var early = 0
        for item in items {
            switch item {
            case .memory(let memory, let scope): seen.insert("\(scope?.user ?? "")/\(memory.id ?? "")")
            case .event(let event, let scope):
                early += event.memories.count { !seen.contains("\(scope?.user ?? "")/\($0)") }
            case .attribute, .dependency, .problem: break
            }
        }
        #expect(early == 0)
        #expect(try dataset.queries().queries.count > 500)
    }
}
