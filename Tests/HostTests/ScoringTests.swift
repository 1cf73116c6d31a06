import Foundation
import Host
import Platform
import Testing

/// What users see when a library is served: scores, or why there are none.
@Suite struct ScoringTests {
    @Test(arguments: ["inline", "watched"]) func aGoodScorerRanksAndExplains(tier: String) throws {
        let host = try Sandbox().host("good_logistic", ", \"tier\": \"\(tier)\"")
        let turn = host.score(rows: 4) { $0.wantsParts = true }
        // bias ½ + 2a − b, a = row, b = 10 row
        #expect(turn.scores == [0.5, -7.5, -15.5, -23.5])
        #expect(turn.answeredBy == ["x 1.0.0"])
        #expect(turn.degraded.isEmpty)
        #expect(
            turn.parts[1] == [
                .init(name: "bias", value: 0.5), .init(name: "a", value: 2), .init(name: "b", value: -10),
            ])
        #expect(host.health["x"]?.calls == 1)
    }

    @Test func optionsReachThePlugin() throws {
        let host = try Sandbox().host(
            "good_logistic", ", \"options\": { \"bias\": 0, \"mode\": \"sigmoid\" }")
        #expect(host.score(rows: 1).scores == [0.5])
    }

    @Test func logLinesCarryTheScorersName() throws {
        let sandbox = try Sandbox()
        let lines = Lines()
        var environment = HostEnvironment.test
        environment.log = { level, scorer, text in lines.add("\(level) \(scorer): \(text)") }
        let path = try sandbox.write(
            """
            { "version": 1, "paths": { "objects": "o" },
              "scorers": [ { "id": "x", "library": "\(Fixtures.library("good_logistic"))", "options": { "loud": true } } ] }
            """)
        _ = try ScorerHost.start(plugins: path, environment)
        #expect(lines.all == ["info x: made"])
    }

    @Test func withoutAFileTheFloorRanks() throws {
        let host = try ScorerHost.start(
            plugins: nil, HostEnvironment.test)
        let turn = host.score(rows: 2) { $0.wantsParts = true }
        #expect(turn.scores == [0, -10])
        #expect(turn.parts[1] == [.init(name: "minus-b", value: -10)])
        #expect(turn.degraded == ["no scorer is configured: the floor ranked"])
    }

    @Test func theCompiledInFloorIsTheHeuristic() throws {
        let host = try ScorerHost.start(plugins: nil, HostEnvironment(offeredColumns: []))
        #expect(host.score(rows: 2).scores == [0, 0])
        #expect(host.score(rows: 0).scores.isEmpty)
    }

    @Test(arguments: [
        ("bad_all_infinite", "x broke the contract: 4 rows without a finite number"),
        ("bad_rows_done_more", "x broke the contract: rows_done 1004 of 4 rows"),
        ("bad_positive_status", "x broke the contract: score returned 42, which means nothing"),
        ("bad_error_message", "x failed with INTERNAL: the moon is in the wrong house"),
        ("bad_error_no_message", "x failed with INTERNAL: no message"),
    ])
    func withoutAUsableAnswerTheFloorRanks(fixture: String, reason: String) throws {
        for tier in ["inline", "watched"] {
            let turn = try Sandbox().host(fixture, ", \"tier\": \"\(tier)\"").score(rows: 4)
            #expect(turn.answeredBy == ["@floor test"])
            #expect(turn.scores == [0, -10, -20, -30])
            #expect(turn.degraded == [reason])
        }
    }

    @Test func aMessageWithoutEndIsCut() throws {
        let turn = try Sandbox().host("bad_error_endless").score(rows: 1)
        #expect(turn.degraded[0].hasPrefix("x failed with INTERNAL: \u{FFFD}"))
        #expect(turn.answeredBy == ["@floor test"])
    }

    @Test(arguments: [
        ("bad_nan", [1, 2, 4, 5], "x: 2 rows without a finite number"),
        ("bad_unwritten", [0, 2, 4], "x: 3 rows never written"),
        ("bad_rows_done_less", [0, 1], "x: rows_done 2 of 6 rows, yet it returned OK, 4 rows never written"),
        ("bad_row_status", [1, 2, 3, 4, 5], "x: 1 rows without a finite number"),
        ("good_partial", [0, 1, 2], "x: 3 rows not reached in time"),
        ("good_abstain", [0, 2, 4], ""),
    ])
    func rowsWithoutAScoreStandBehindAllOthersInTheFloorsOrder(
        fixture: String, scored: [Int], reason: String
    ) throws {
        let turn = try Sandbox().host(fixture).score(rows: 6) { $0.wantsParts = true }
        let missing = (0..<6).filter { !scored.contains($0) }
        for row in scored { #expect(turn.scores[row] == Float(row) && turn.origins[row] == 0) }
        let least = scored.map { turn.scores[$0] }.min() ?? 0
        #expect(missing.allSatisfy { turn.scores[$0] < least && turn.origins[$0] == 1 })
        // The floor ranks by −b: earlier rows first.
        #expect(missing.sorted { turn.scores[$0] > turn.scores[$1] } == missing)
        #expect(turn.answeredBy == ["x 1.0.0", "@floor test"])
        #expect(turn.degraded == (reason.isEmpty ? [] : [reason]))
        for row in missing {
            #expect(abs(turn.parts[row].reduce(0) { $0 + $1.value } - turn.scores[row]) < 1e-4)
        }
    }

    @Test func partsThatDontAddUpAreDroppedAndCounted() throws {
        let turn = try Sandbox().host("bad_parts").score(rows: 3) { $0.wantsParts = true }
        #expect(turn.scores == [0, 1, 2])
        #expect(turn.parts == [[], [], []])
        #expect(turn.degraded == ["x: the parts of 3 rows don't add up"])
    }

    @Test(arguments: ["inline", "watched"]) func theFloatModeIsRestoredAndReported(tier: String) throws {
        let before = platform_float_mode() & platform_float_control_bits()
        let host = try Sandbox().host("bad_float_mode", ", \"tier\": \"\(tier)\"")
        let turn = host.score(rows: 3)
        #expect(turn.scores == [0, 1, 2])
        #expect(turn.degraded == ["x: the floating-point mode was changed (restored)"])
        #expect(platform_float_mode() & platform_float_control_bits() == before)
        #expect(host.health["x"]?.floatModeChanges == 1)
    }

    @Test(arguments: ["inline", "watched"]) func rowScorersAreAskedInPieces(tier: String) throws {
        let host = try Sandbox().host(
            [
                (
                    "x", Fixtures.library("good_logistic"),
                    ", \"tier\": \"\(tier)\", \"options\": { \"bias\": 1 }"
                )
            ],
            rest: ""
        ).replaced(rowsPerCall: 7)
        let turn = host.score(rows: 100) { $0.wantsParts = true }
        #expect(turn.scores == (0..<100).map { 1 - 8 * Float($0) })
        #expect(turn.parts[99].map(\.value) == [1, 198, -990])
    }

    @Test func listScorersAreNeverSplit() throws {
        let host = try Sandbox().host("good_list").replaced(rowsPerCall: 7)
        #expect(host.score(rows: 7).answeredBy == ["x 1.0.0"])
        #expect(
            host.score(rows: 8).degraded == [
                "x not asked: 8 rows; a list scorer gets at most turn.rowsPerCall = 7"
            ])
    }

    @Test func textsArriveIfGrantedAndCutAtACharacter() throws {
        let host = try Sandbox().host("bad_required_input", ", \"grants\": [\"row-texts\", \"query-text\"]")
        let turn = host.score(rows: 3) {
            $0.rowTexts = TextBlock(["abc", "ääääää", ""])
            $0.queryText = "what?"
        }
        // maxBytes 5: two of the two-byte characters fit.
        #expect(turn.scores == [3, 4, 0])
        let chunked = try Sandbox().host(
            "bad_required_input", ", \"grants\": [\"row-texts\", \"query-text\"]"
        )
        .replaced(rowsPerCall: 2)
        #expect(
            chunked.score(rows: 3) {
                $0.rowTexts = TextBlock(["abc", "ä", "xy"])
                $0.queryText = "what?"
            }.scores == [3, 2, 2])
    }

    @Test func aBrokenProviderCostsTheScorerNotTheTurn() throws {
        let host = try Sandbox().host("good_logistic")
        let turn = host.score(request(3)) { _ in
            ColumnBlock(rowCount: 1, columnCount: 1, values: [1], present: [1])
        }
        #expect(turn.scores == [0, 0, 0])
        #expect(turn.degraded[0].contains("the host's columns don't fit: 1 × 1, 1 values; needed: 3 × 2"))
    }

    @Test func aTurnMayNameItsScorers() throws {
        let path = try Fixtures.library("good_logistic")
        let host = try Sandbox().host([("x", path, ""), ("y", path, ", \"options\": { \"bias\": 0 }")])
        #expect(host.score(rows: 1) { $0.scorers = ["y"] }.answeredBy == ["y 1.0.0"])
        #expect(host.score(rows: 1) { $0.scorers = ["@floor"] }.answeredBy == ["@floor test"])
        #expect(host.score(rows: 1) { $0.scorers = ["@floor"] }.degraded.isEmpty)
        #expect(
            host.score(rows: 1) { $0.scorers = ["z"] }.degraded == [
                "z not served: there is no such scorer; allowed: x, y"
            ])
    }

    @Test func turnsFromManyThreadsDontMeet() throws {
        let host = try Sandbox().host("good_logistic", ", \"tier\": \"inline\"")
        let wrong = Lines()
        DispatchQueue.concurrentPerform(iterations: 400) { index in
            let rows = index % 50 + 1
            let turn = host.score(rows: rows)
            if turn.scores != (0..<rows).map({ 0.5 - 8 * Float($0) }) { wrong.add("\(index)") }
        }
        #expect(wrong.all.isEmpty)
    }
}

extension ScorerHost {
    /// The same file with another `turn.rowsPerCall`.
    func replaced(rowsPerCall: Int) -> ScorerHost {
        var settings = configuration.settings
        settings.turn.rowsPerCall = rowsPerCall
        return ScorerHost(Configuration.load(settings, environment), environment)
    }
}

/// Lines from any thread.
final class Lines: @unchecked Sendable {
    // @unchecked Sendable: the array is used under the lock only.
    private let lock = NSLock()
    private var lines: [String] = []
    func add(_ line: String) { lock.withLock { lines.append(line) } }
    var all: [String] { lock.withLock { lines } }
}
