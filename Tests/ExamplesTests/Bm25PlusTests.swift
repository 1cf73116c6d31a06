import Host
import Testing

/// Examples/cpp.
@Suite(Tool.needs(.cpp)) struct Bm25PlusTests {
    private static let grants = ", \"grants\": [\"row-texts\", \"query-text\"]"

    private func score(
        _ query: String, _ texts: [String], _ more: String = "", rowsPerCall: Int = 4096
    ) throws -> TurnScores {
        let host = try serve(
            try example("cpp/bm25plus.so"), Self.grants + more, rowsPerCall: rowsPerCall,
            offering: ["text.context@1"])
        try #require(host.refusal == nil, "\(String(describing: host.refusal))")
        let rows = texts.indices.map { ["text.context@1": Float($0)] }
        return host.score(rows) { request in
            request.queryText = query
            request.rowTexts = TextBlock(texts)
        }
    }

    @Test func sharedWordsAddUpOnTopOfTheFirstStage() throws {
        let turn = try score("The BACKUP, when?", ["a backup of the backup", "tea", ""])
        #expect(turn.answeredBy == ["x 1.0.0"] && turn.degraded.isEmpty)
        // k1 0.9, b 0.3, 5 of 25 words: norm 0.684. "the" once, "backup" twice, each + 0.5.
        let expected: Float = 1.9 / 1.684 + 3.8 / 2.684 + 1
        #expect(turn.scores.isClose(to: [expected, 1, 2]))
        #expect(turn.parts[0].map(\.name) == ["text.context@1", "bm25plus"])
        #expect(turn.parts[0].map(\.value).isClose(to: [0, expected]))
    }

    /// Scope "row": what stands beside a row changes nothing.
    @Test func aRowScoresAloneAsItDoesInCompany() throws {
        let together = try score("backup office", ["the backup", "backup in the office", "tea"])
        #expect(try score("backup office", ["the backup"]).scores[0] == together.scores[0])
    }

    /// Text offsets of a later call don't begin at zero.
    @Test func rowsOfALaterCallFindTheirTexts() throws {
        let texts = ["the backup", "tea", "backup in the office", "office"]
        let whole = try score("backup office", texts)
        let split = try score("backup office", texts, rowsPerCall: 2)
        #expect(split.scores == whole.scores && split.degraded.isEmpty)
    }

    @Test func deltaIsWhatAWordIsWorthAtLeast() throws {
        let long = "backup " + String(repeating: "word ", count: 5000)
        let turn = try score("backup", [long], ", \"options\": { \"delta\": 2 }")
        #expect(turn.scores[0] > 2)
    }

    @Test func withoutGrantsItIsRefused() throws {
        let host = try serve(try example("cpp/bm25plus.so"), offering: ["text.context@1"])
        #expect(host.refusal?.step == .grants)
    }
}
