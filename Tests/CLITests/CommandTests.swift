import Engine
import Foundation
import Testing

@testable import mneme

/// Every option reaches the request that it belongs to.
@Suite struct CommandTests {
    @Test func searchPassesEveryOption() throws {
        let run = Run(
            "search", "q", "-k", "3", "--budget", "500", "--explain", "--session", "s", "--turn", "t",
            "--actor", "Anna",
            "--focus", "NAS", "--focus", "office", "--candidate", "m_9", "--scorer", "heuristic", "--vector",
            "-",
            "--embedding-model", "bge-m3", "--deadline", "4.5", "--temperature", "0.5", "--seed", "9",
            "--no-log",
            "--user", "u", "--agent", "a", "--now", "2026-11-21T14:00:00+02:00", input: "[0.5, -1]")
        let request = try #require(run.seen.search)
        #expect(request.query == "q")
        #expect(request.limit == 3)
        #expect(request.tokenBudget == 500)
        #expect(request.explain)
        #expect(request.session == "s")
        #expect(request.turn == "t")
        #expect(request.actor == "Anna")
        #expect(request.focalEntities == ["NAS", "office"])
        #expect(request.candidates == ["m_9"])
        #expect(request.scorers == ["heuristic"])
        #expect(request.queryEmbedding == [0.5, -1])
        #expect(request.embeddingModel == "bge-m3")
        #expect(request.deadlineMilliseconds == 4.5)
        #expect(request.sampling == Sampling(temperature: 0.5, seed: 9))
        #expect(!request.remember)
        #expect(request.scope.user == "u")
        #expect(request.scope.agent == "a")
        #expect(request.nowMilliseconds == Fixture.nowMilliseconds)
        #expect(request.utcOffsetSeconds == 7200)
    }

    @Test func searchWithoutOptionsLeavesTheEnginesDefaults() throws {
        let request = try #require(Run("search").seen.search)
        #expect(request.query == "")
        #expect(request.nowMilliseconds == nil)
        #expect(request.scorers == nil)
        #expect(request.sampling == nil)
        #expect(request.remember)
    }

    @Test func addPassesEveryOption() throws {
        let run = Run(
            "add", "We keep three backups.", "--id", "m_5", "--type", "rule", "--author", "Ben", "--caption",
            "a photo",
            "--importance", "0.8", "--pin", "--constraint", "--created-at", "2026-11-21T12:00:00Z",
            "--valid-from",
            "2026-01-01", "--valid-until", "1795262400000", "--session", "s", "--ordinal", "4",
            "--supersedes", "m_4",
            "--entity", "NAS:device:backup", "--entity", "Ben:person", "--vector", "-", "--embedding-model",
            "m",
            "--metadata", "{\"a\": 1}", input: "[1, 2]")
        #expect(run.status == 0, "\(run.error)")
        let memory = try #require(run.seen.added.first)
        #expect(memory.id == "m_5")
        #expect(memory.type == "rule")
        #expect(memory.author == "Ben")
        #expect(memory.caption == "a photo")
        #expect(memory.importance == 0.8)
        #expect(memory.isPinned && memory.isConstraint)
        #expect(memory.createdAtMilliseconds == Fixture.nowMilliseconds)
        #expect(memory.validFromMilliseconds == 1_767_225_600_000)
        #expect(memory.validUntilMilliseconds == Fixture.nowMilliseconds)
        #expect(memory.session == "s")
        #expect(memory.ordinal == 4)
        #expect(memory.supersedes == "m_4")
        #expect(memory.entities.map(\.name) == ["NAS", "Ben"])
        #expect(memory.entities.map(\.aspect) == ["backup", nil])
        #expect(memory.embeddings.first?.vector == [1, 2])
        #expect(memory.metadata == "{\"a\": 1}")
        #expect(memory.source == "cli")
    }

    @Test func addTakesItsTimeFromNowAndItsTextFromStandardInput() {
        let run = Run("add", "-", "--now", "2026-11-21T12:00:00Z", input: "two\nlines\n")
        #expect(run.seen.added.first?.text == "two\nlines")
        #expect(run.seen.added.first?.createdAtMilliseconds == Fixture.nowMilliseconds)
        #expect(run.output == "m_new\n")
    }

    @Test func listPassesItsFilter() throws {
        let run = Run(
            "list", "--type", "rule", "--author", "Ben", "--session", "s", "-n", "5", "--offset", "2",
            "--forgotten")
        let filter = try #require(run.seen.filter)
        #expect(filter.type == "rule")
        #expect(filter.author == "Ben")
        #expect(filter.session == "s")
        #expect(filter.limit == 5)
        #expect(filter.offset == 2)
        #expect(filter.includeForgotten)
    }

    @Test func updateNamesOnlyWhatChanges() throws {
        let change = try #require(Run("update", "m_1", "--no-pin", "--importance", "0.1").seen.change)
        #expect(change.isPinned == false)
        #expect(change.importance == 0.1)
        #expect(change.text == nil)
        #expect(change.isConstraint == nil)
    }

    @Test func forgetTellsHardFromSoftAndNothingFromSomething() {
        #expect(Run("forget", "m_1", "m_9", "--hard").seen.hard)
        #expect(Run("forget", "m_1", "m_9", "--hard").output == "removed 1 of 2\n")
        #expect(Run("forget", "m_9").status == 1)
    }

    @Test func feedbackKeepsEveryKindAndSplitsAtTheLastEqualsSign() {
        let run = Run(
            "feedback", "r_7", "--rating", "a=b=-0.5", "--referenced", "m_1", "--referenced", "m_2", "--pin",
            "m_1")
        #expect(run.seen.feedback.map(\.memoryID) == ["a=b", "m_1", "m_2", "m_1"])
        #expect(run.seen.feedback.map(\.kind) == [.rating, .referenced, .referenced, .pin])
        #expect(run.seen.feedback.map(\.value) == [-0.5, 1, 1, 1])
        #expect(run.seen.calls == ["feedback r_7"])
    }

    @Test func scoreReadsEveryKeyOfACandidate() throws {
        let line = """
            {"id":"a","text":"t","caption":"c","author":"Anna","session":"s","ordinal":3,"importance":0.5,\
            "is_pinned":true,"is_constraint":true,"is_superseded":true,"created_at_ms":1,"last_access_ms":2,\
            "access_count":4,"embedding":[1,2],"columns":{"memory.log_age_days@1":1.5}}
            """
        let run = Run(
            "score", "q", "-k", "2", "--scorer", "x", "--explain",
            input: line + "\r\n{\"id\":\"b\",\"embedding\":null}")
        let request = try #require(run.seen.score)
        #expect(request.limit == 2)
        #expect(request.scorers == ["x"])
        #expect(request.explain)
        #expect(request.candidates.map(\.id) == ["a", "b"])
        let candidate = request.candidates[0]
        #expect(candidate.text == "t")
        #expect(candidate.ordinal == 3)
        #expect(candidate.isPinned && candidate.isConstraint && candidate.isSuperseded)
        #expect(candidate.createdAtMilliseconds == 1)
        #expect(candidate.lastAccessMilliseconds == 2)
        #expect(candidate.accessCount == 4)
        #expect(candidate.embedding == [1, 2])
        #expect(candidate.columns == ["memory.log_age_days@1": 1.5])
        #expect(run.error == "warning: degraded: mamba: late (2.4 ms of 2 ms)\n")
    }

    @Test func importPassesItsOptionsAndPrintsCommitsOnRequest() throws {
        let run = Run("import", "/tmp", "--format", "markdown", "--batch", "50", "--limit", "9", "--commits")
        {
            $0.importEvents = [
                .progress(ImportProgress(recordsDone: 1, unitsDone: 1, unitsTotal: 2)),
                .committed(memories: 50, events: 0), .rejected(line: 7, reason: "no text"),
            ]
        }
        let request = try #require(run.seen.importRequest)
        #expect(request.source == "/tmp")
        #expect(request.format == .markdown)
        #expect(request.batchSize == 50)
        #expect(request.limit == 9)
        #expect(run.output == "committed 50\njsonl: 3 added, 1 there already, 2 events in 0.5 s (8/s)\n")
        #expect(run.error == "warning: line 7 skipped: no text\n")
    }

    @Test func importOfNothingButBadRecordsFails() {
        let bad = (1...25).map { ImportEvent.rejected(line: $0, reason: "no text") }
        let run = Run("import", "-") {
            $0.importEvents = bad
            $0.summary = ImportSummary(format: .jsonl, rejected: 25)
        }
        #expect(run.status == 65)
        #expect(run.error.count { $0 == "\n" } == 21)
        #expect(run.error.hasSuffix("warning: 5 more records skipped\n"))
    }

    @Test func exportWritesLinesOrAWholeFile() throws {
        let lines = "{\"text\":\"a\"}\n{\"text\":\"b\"}\n"
        #expect(Run("export").output == lines)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "mneme-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("m.jsonl")
        #expect(Run("export", "--to", file.path).output == "2 memories in \(file.path)\n")
        #expect(try String(contentsOf: file, encoding: .utf8) == lines)
        #expect(Run("export", "--to", file.path).status == 73)
        #expect(Run("export", "--to", file.path, "--force").status == 0)
        let failed = Run("export", "--to", folder.path + "/n.jsonl") {
            $0.error = EngineError(.store, "gone")
        }
        #expect(failed.status == 69)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m.jsonl"],
            "no partial file stays")
    }

    @Test func evalPassesItsOptions() throws {
        let run = Run(
            "eval", "retrieval", "/tmp", "--ranker", "fts5", "--ranker", "bounded", "--seed", "3",
            "--resamples", "100",
            "--pool", "200", "--questions", "4")
        let request = try #require(run.seen.evaluation)
        #expect(request.folder == "/tmp")
        #expect(request.rankers == ["fts5", "bounded"])
        #expect(request.seed == 3)
        #expect(request.resamples == 100)
        #expect(request.poolSize == 200)
        #expect(request.questionLimit == 4)
    }

    @Test func benchMeasuresEverythingUnlessNamed() throws {
        #expect(Run("bench").seen.bench?.subjects == ["score", "search"])
        let request = try #require(
            Run("bench", "score", "--size", "20", "--size", "1000", "--repeat", "5").seen.bench)
        #expect(request.subjects == ["score"])
        #expect(request.sizes == [20, 1000])
        #expect(request.repetitions == 5)
    }

    @Test func doctorFailsOnAProblemAndNotOnAWarning() {
        func run(_ level: DoctorFinding.Level) -> Int32 {
            Run("doctor") {
                $0.findings = [DoctorFinding(subject: "x", level: level, detail: "d", remedy: nil)]
            }.status
        }
        #expect(run(.ok) == 0)
        #expect(run(.warning) == 0)
        #expect(run(.problem) == 1)
    }

    @Test func pluginInfoFailsIfTheLibraryWouldBeRefused() {
        #expect(Run("plugin", "info", "x.so").status == 0)
        #expect(Run("plugin", "info", "x.so") { $0.information.problems = ["ABI 2"] }.status == 78)
    }

    @Test func failIfEmptyIsTheOnlyWayToFailOnAnEmptyAnswer() {
        let empty: (inout FakeRuntime.State) -> Void = {
            $0.ranking = Ranking(retrievalID: "r", memories: [])
            $0.views = []
        }
        #expect(Run("search", "q", prepare: empty).status == 0)
        #expect(Run("search", "q", "--fail-if-empty", prepare: empty).status == 1)
        #expect(Run("list", prepare: empty).status == 0)
        #expect(Run("list", "--fail-if-empty", prepare: empty).status == 1)
    }

    @Test func helpAndVersionEndWellOnStandardOutput() {
        for arguments in [
            [], ["--help"], ["help", "search"], ["plugin"], ["eval"], ["search", "-h"], ["--version"],
        ] {
            let run = Run(arguments: arguments)
            #expect(run.status == 0)
            #expect(!run.output.isEmpty)
            #expect(run.error == "")
        }
    }

    @Test func completionsAreThoseOfTheParser() {
        let run = Run("completions", "bash")
        #expect(run.output == Run("--generate-completion-script", "bash").output)
        #expect(run.output.contains("search"))
    }

    @Test func serveHandsOver() {
        #expect(Run("serve", "--stdio").seen.calls == ["serve"])
    }
}
