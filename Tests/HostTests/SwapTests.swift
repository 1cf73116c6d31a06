import Foundation
import Glibc
import Host
import Platform
import Synchronization
import Testing

@Suite(.serialized) struct SwapTests {
    private let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    /// A host over sandbox/scorer.so.
    private func host(_ more: String = ", \"tier\": \"inline\"") throws -> ScorerHost {
        try place("good_logistic")
        return try sandbox.host([("x", "./scorer.so", more)])
    }

    private func place(_ fixture: String) throws {
        try place(Array(Data(contentsOf: URL(fileURLWithPath: Fixtures.library(fixture)))))
    }

    /// As a package manager does it: written beside, then renamed into place.
    private func place(_ bytes: [UInt8]) throws {
        let path = try sandbox.write(bytes, ".scorer.new")
        #expect(chmod(path, 0o755) == 0 && rename(path, "\(sandbox.folder)/scorer.so") == 0)
    }

    private func eventually(_ isTrue: () -> Bool) -> Bool {
        let end = platform_monotonic_ns() + 5_000_000_000
        while platform_monotonic_ns() < end {
            if isTrue() { return true }
            usleep(5_000)
        }
        return isTrue()
    }

    @Test(arguments: ["inline", "watched", "process"])
    func aNewLibraryGoesLiveAndAnswersNameIt(tier: String) throws {
        let host = try host(", \"tier\": \"\(tier)\"")
        let before = host.score(rows: 4)
        #expect(before.answeredBy == ["x 1.0.0"])
        try place("good_logistic_v2")
        let report = host.reload(cause: "test")
        #expect(report.outcome == .applied, "\(report.summary)")
        #expect(report.made == ["x 2.0.0"] && report.retired == ["x 1.0.0"] && report.kept.isEmpty)
        let after = host.score(rows: 4)
        #expect(after.answeredBy == ["x 2.0.0"] && after.scores == before.scores && after.degraded.isEmpty)
        #expect(report.previous != report.configuration)
    }

    @Test func whatDidntChangeServesOn() throws {
        let host = try host()
        _ = host.score(rows: 1)
        let report = host.reload(cause: "test")
        #expect(report.outcome == .unchanged && host.health["x"]?.calls == 1)
    }

    @Test func aScorerThatStaysTheSameKeepsItsModelWhenAnotherChanges() throws {
        try place("good_logistic")
        let text = { (bias: Double) in
            """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "scorers": [ { "id": "a", "library": "./scorer.so", "tier": "process" },
                           { "id": "b", "library": "./scorer.so", "tier": "inline", "options": { "bias": \(bias) } } ] }
            """
        }
        var environment = HostEnvironment(offeredColumns: Sandbox.columns, floor: .test).unhurried
        // Not about the gate, which measures time.
        environment.usesLoadGate = false
        let host = try ScorerHost.start(plugins: sandbox.write(text(1)), environment)
        let pid = host.health["a"]?.pid
        _ = try sandbox.write(text(2))
        let report = host.reload(cause: "test")
        #expect(report.made == ["b 1.0.0"] && report.kept == ["a 1.0.0"])
        #expect(host.health["a"]?.pid == pid)
        #expect(host.score(rows: 1) { $0.scorers = ["b"] }.scores == [2])
    }

    @Test(arguments: [
        ("bad_create_fails", "create"), ("bad_missing_symbol", "elf"), ("bad_wrong_major", "table"), ("bad_no_note", "manifest"),
    ])
    func aRefusedLibraryLeavesTheIncumbent(fixture: String, step: String) throws {
        let host = try host()
        let before = host.score(rows: 3)
        try place(fixture)
        let report = host.reload(cause: "test")
        #expect(report.outcome == .refused)
        #expect(report.problems.count == 1 && report.problems[0].hasPrefix("x: \(step): "), "\(report.problems)")
        let after = host.score(rows: 3)
        #expect(after.scores == before.scores && after.answeredBy == before.answeredBy && after.degraded.isEmpty)
    }

    @Test func aTruncatedLibraryIsRefusedAtEveryLength() throws {
        let host = try host()
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.library("good_logistic_v2"))))
        for tenths in 1..<10 {
            try place(Array(whole.prefix(whole.count * tenths / 10)))
            #expect(host.reload(cause: "test").outcome == .refused, "\(tenths)0 %")
        }
        #expect(host.score(rows: 1).answeredBy == ["x 1.0.0"])
    }

    @Test func aFileThatIsStillBeingWrittenIsNotRead() throws {
        let host = try host()
        try place("good_logistic_v2")
        let writer = open("\(sandbox.folder)/scorer.so", O_WRONLY)
        let report = host.reload(cause: "test")
        #expect(report.outcome == .refused && report.problems[0].contains("open for writing"), "\(report.summary)")
        close(writer)
        #expect(host.reload(cause: "test").outcome == .applied)
    }

    @Test func aFileOfTwoScorersIsAppliedAsAWholeOrNotAtAll() throws {
        let host = try host()
        _ = try sandbox.write(
            """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "scorers": [ { "id": "x", "library": "./scorer.so", "tier": "inline", "options": { "bias": 3 } },
                           { "id": "y", "library": "./nowhere.so", "tier": "inline" } ] }
            """)
        let before = host.score(rows: 2).scores
        let report = host.reload(cause: "test")
        #expect(report.outcome == .refused && report.problems[0].hasPrefix("y: locate"))
        #expect(host.score(rows: 2).scores == before)
    }

    @Test func aRefusedReloadHasLoadedNothing() throws {
        let host = try host()
        try FileManager.default.copyItem(atPath: Fixtures.library("good_newer_minor"), toPath: "\(sandbox.folder)/other.so")
        _ = try sandbox.write(
            """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "scorers": [ { "id": "y", "library": "./other.so", "tier": "inline" },
                           { "id": "x", "library": "./nowhere.so", "tier": "inline" } ] }
            """)
        #expect(host.reload(cause: "test").outcome == .refused)
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        let hash = SHA256.hexadecimal(of: [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(sandbox.folder)/other.so"))))
        #expect(!maps.contains("\(sandbox.folder)/objects/\(hash)"))
    }

    @Test func anotherKindOfCombinerFindsDearScorersReady() throws {
        try place("bad_slow")
        let text = { (kind: String) in
            """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "turn": { "scoringBudgetMilliseconds": 1000 },
              "scorers": [ { "id": "x", "library": "./scorer.so", "tier": "process" } ], "combiner": { "kind": "\(kind)" } }
            """
        }
        var environment = HostEnvironment(offeredColumns: Sandbox.columns, floor: .test)
        environment.usesLoadGate = false
        let host = try ScorerHost.start(plugins: sandbox.write(text("first")), environment)
        #expect(host.score(rows: 2).degraded.isEmpty)
        _ = try sandbox.write(text("rrf"))
        #expect(host.reload(cause: "test").outcome == .applied)
        for _ in 0..<3 { #expect(host.score(rows: 2).degraded.isEmpty) }
    }

    @Test func aBrokenFileIsRefusedWithLineAndColumn() throws {
        let host = try host()
        let path = try sandbox.write("{ \"version\": 1,\n  \"scorer\": [] }")
        let report = host.reload(cause: "test")
        #expect(report.outcome == .refused && report.problems[0].contains("\(path):2:"))
        #expect(host.score(rows: 1).answeredBy == ["x 1.0.0"])
    }

    @Test func newWeightsMakeANewModelOnTheSameLibrary() throws {
        let weights = { (a: Float, b: Float) in withUnsafeBytes(of: (a, b)) { Array($0) } }
        _ = try sandbox.write(weights(1, 0), "weights")
        let host = try host(", \"tier\": \"inline\", \"assets\": { \"weights\": { \"path\": \"weights\" } }")
        #expect(host.score(rows: 3).scores == [0.5, 1.5, 2.5])
        _ = try sandbox.write(weights(0, 1), "weights")
        #expect(host.reload(cause: "test").outcome == .applied)
        #expect(host.score(rows: 3).scores == [0.5, 10.5, 20.5])
    }

    @Test func bytesThatWereLoadedOnceAreNotLoadedAgain() throws {
        let host = try host()
        _ = host.score(rows: 1)
        for round in 0..<6 {
            try place(round % 2 == 0 ? "good_logistic_v2" : "good_logistic")
            #expect(host.reload(cause: "test").outcome == .applied)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(sandbox.folder)/objects").count == 2)
    }

    @Test func aWatchedFileGoesLiveByItself() throws {
        let host = try host()
        #expect(host.startWatching())
        try place("good_logistic_v2")
        #expect(eventually { host.score(rows: 1).answeredBy == ["x 2.0.0"] })
        // Written in place, in pieces: read only once it is closed.
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.library("good_logistic"))))
        let file = open("\(sandbox.folder)/scorer.so", O_WRONLY | O_TRUNC)
        for start in stride(from: 0, to: whole.count, by: 4096) {
            let piece = Array(whole[start..<min(start + 4096, whole.count)])
            #expect(write(file, piece, piece.count) == piece.count)
            usleep(2_000)
        }
        close(file)
        #expect(eventually { host.score(rows: 1).answeredBy == ["x 1.0.0"] })
    }

    @Test func whatFixesARefusedFileGoesLiveByItself() throws {
        let host = try host()
        #expect(host.startWatching())
        _ = try sandbox.write(
            """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "scorers": [ { "id": "x", "library": "./later.so", "tier": "inline" } ] }
            """)
        #expect(eventually { host.lastReload?.outcome == .refused })
        try FileManager.default.copyItem(atPath: Fixtures.library("good_logistic_v2"), toPath: "\(sandbox.folder)/later.so")
        #expect(eventually { host.score(rows: 1).answeredBy == ["x 2.0.0"] })
    }

    /// Two threads score without pause while two versions alternate.
    @Test func noTurnIsLostOrMixedWhileVersionsAlternate() throws {
        let host = try host()
        let isOver = Atomic<Bool>(false)
        let (turns, wrong) = (Counter(), Counter())
        let expected = host.score(rows: 8).scores
        let group = DispatchGroup()
        for _ in 0..<2 {
            group.enter()
            // Threads of their own: the pool's may all be busy with other tests.
            Thread {
                while !isOver.load(ordering: .relaxed) {
                    let turn = host.score(rows: 8)
                    turns.add()
                    let names = [["x 1.0.0"], ["x 2.0.0"]]
                    if turn.scores != expected || !turn.degraded.isEmpty || !names.contains(turn.answeredBy) { wrong.add() }
                }
                group.leave()
            }.start()
        }
        #expect(eventually { turns.value > 0 })
        for round in 0..<40 {
            try place(round % 2 == 0 ? "good_logistic_v2" : "good_logistic")
            #expect(host.reload(cause: "test").outcome == .applied)
        }
        isOver.store(true, ordering: .relaxed)
        group.wait()
        #expect(turns.value > 0 && wrong.value == 0)
    }
}

final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    func add() { count.add(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
}
