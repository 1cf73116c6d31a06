import Conformance
import Engine
import Foundation
import Host
import StateSpace
import Testing

/// The checks against real binaries: each bad one is caught by the check that should catch it.
@Suite struct ConformanceTests {
    /// Fixture → the check that fails first.
    static let catches: [(fixture: String, check: String)] = [
        ("bad_no_note", "manifest"), ("bad_broken_json", "manifest"), ("bad_unknown_key", "manifest"),
        ("bad_manifest_major", "manifest"), ("bad_missing_symbol", "entry"), ("bad_exports", "exports"),
        ("bad_unique", "unique"), ("bad_static_tls", "thread-local"), ("bad_required_column", "requirements"),
        ("bad_crash_constructor", "load"), ("bad_abort_constructor", "load"), ("bad_hang_constructor", "load"),
        ("bad_exit_constructor", "load"), ("bad_crash_entry", "load"), ("bad_null_table", "load"),
        ("bad_wrong_magic", "table"), ("bad_wrong_major", "table"), ("bad_short_table", "table"), ("bad_lying_id", "table"),
        ("bad_lying_version", "table"), ("bad_null_score", "table"),
        ("bad_crash_create", "create"), ("bad_create_fails", "create"), ("bad_create_null", "create"),
        ("bad_lying_heads", "create"), ("bad_lying_parts", "create"),
        ("bad_float_mode", "float-mode"), ("bad_missing_columns", "missing-columns"), ("bad_option_end", "option-ends"),
        ("bad_crash_score", "answers"), ("bad_abort_score", "answers"), ("bad_stack_overflow", "answers"),
        ("bad_throws", "answers"), ("bad_hang", "answers"), ("bad_nan", "answers"), ("bad_all_infinite", "answers"),
        ("bad_unwritten", "answers"), ("bad_row_status", "answers"), ("bad_positive_status", "answers"),
        ("bad_rows_done_less", "answers"), ("bad_rows_done_more", "answers"), ("bad_error_message", "answers"),
        ("bad_error_no_message", "answers"), ("bad_error_endless", "answers"),
        ("bad_whole_struct", "structs"), ("bad_writes_past_end", "buffers"), ("bad_reads_past_end", "buffers"),
        ("bad_writes_inputs", "inputs"), ("bad_eats_memory", "memory"), ("bad_parts", "parts"),
        ("bad_ignores_stride", "strides"), ("bad_fixed_limit", "large-batch"), ("bad_cancel", "cancel"),
        ("bad_schema", "schema"), ("bad_probability", "range"), ("bad_nondeterministic", "deterministic"),
        ("bad_rank_dependent", "permutation"), ("bad_wrong_sign", "monotone"), ("bad_required_input", "ranking"),
        ("bad_slow", "latency"), ("bad_export_overruns", "state-export"), ("bad_score_advances", "score-keeps-state"),
        ("bad_corrupts_state", "state-round-trip"), ("bad_trusts_state", "state-damage"),
        ("bad_hang_destroy", "destroy"), ("bad_crash_destroy", "destroy"), ("bad_global_state", "recreate"),
        ("bad_leak", "leak"), ("bad_leak_model", "leak"), ("bad_race", "concurrent"), ("bad_process_id", "other-process"),
    ]

    /// Caught by a check that isn't the first to fail: their constant scores show no ranking either.
    static let walls = ["bad_signals_parent", "bad_socket", "bad_write_file", "bad_read_file", "bad_fork", "bad_thread"]

    @Test(arguments: catches) func aBadPluginFailsTheCheckThatShouldCatchIt(fixture: String, check: String) throws {
        let checkup = try checkup(Fixtures.library(fixture)) {
            // A hang costs so much each time.
            if fixture.contains("hang") { $0.callSeconds = 1 }
            guard fixture == "bad_slow" else { return }
            ($0.deadlineMilliseconds, $0.level) = (5, .ranks)
        }
        #expect(checkup.failed.first == check, "\(checkup.failures)")
        let finding = try #require(checkup.finding(check))
        #expect(finding.detail.count > 10 && finding.remedy?.isEmpty == false)
    }

    @Test(arguments: walls) func whatLeavesTheSandboxIsCaughtByName(fixture: String) throws {
        let checkup = try checkup(Fixtures.library(fixture))
        #expect(checkup.failed.contains("sandbox"), "\(checkup.failures)")
        #expect(checkup.finding("sandbox")?.detail.contains("a system call that no scorer may make") == true)
    }

    @Test func fastMathIsCaughtByTheFloatMode() throws {
        #expect(try checkup(Fixtures.library("bad_fast_math", flags: ["-Ofast", "-ffast-math"])).failed == ["float-mode"])
    }

    @Test func aTruncatedFileIsCaughtBeforeItIsLoaded() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: Fixtures.library("good_logistic")))
        for percent in [10, 40, 80, 99] {
            let path = "\(Fixtures.folder)/cut-\(percent).so"
            try whole.prefix(whole.count * percent / 100).write(to: URL(fileURLWithPath: path))
            #expect(try checkup(path).failed == ["elf"])
        }
    }

    @Test func aFileThatOthersMayWriteIsCaught() throws {
        let path = "\(Fixtures.folder)/open.so"
        try Data(contentsOf: URL(fileURLWithPath: Fixtures.library("good_list"))).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o666)
        #expect(try checkup(path).failed == ["trust"])
    }

    /// Two versions, each with a core of its own under one SONAME: whoever has loaded the first gets its code for the
    /// second. A checker that loads the second alone sees nothing.
    @Test func v1CodeServedFromAV2FileIsCaught() throws {
        var libraries: [String] = []
        for version in ["1.0.0", "2.0.0"] {
            let place = "\(Fixtures.folder)/v\(version)/lib"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            let flag = "-DVERSION=\"\(version)\""
            _ = try Fixtures.library(
                "bad_carried_core", flags: [flag, "-DCORE", "-Wl,-soname,libfixturecore.so"], as: "\(place)/libfixturecore.so")
            libraries.append(
                try Fixtures.library(
                    "bad_carried_core", flags: [flag, "-L", place, "-lfixturecore", "-Wl,-rpath,\(place)"],
                    as: "\(Fixtures.folder)/v\(version)/plugin.so"))
        }
        let checkup = try checkup(libraries[1])
        #expect(checkup.failed.first == "dependencies", "\(checkup.failures)")
        #expect(checkup.finding("dependencies")?.detail.contains("libfixturecore.so") == true)
    }

    @Test func tablesSharedByGnuUniqueAreServedByTheFirstFile() throws {
        let library = try Fixtures.library("bad_unique_table")
        #expect(try checkup(library).failed.first == "unique")
    }

    @Test(arguments: Fixtures.names("good_").filter { $0 != "good_silent" }) func aGoodFixturePasses(name: String) throws {
        let checkup = try checkup(Fixtures.library(name))
        #expect(checkup.isPassed, "\(checkup.failures)")
    }

    @Test func withoutARankingCheckGoldenRecordsDecide() throws {
        let library = try Fixtures.library("good_silent")
        #expect(try checkup(library).failed == ["ranking"])
        let records = "\(Fixtures.folder)/golden.json"
        try "[{\"row\": {\"a@1\": 0.5}, \"score\": 0.5}]".write(toFile: records, atomically: true, encoding: .utf8)
        let checkup = try checkup(library) { $0.golden = records }
        #expect(checkup.isPassed, "\(checkup.failures)")
    }

    @Test func everyFixtureHasItsCheck() {
        let listed = Set(Self.catches.map(\.fixture) + Self.walls)
        let elsewhere: Set = ["bad_crash_advance", "bad_fast_math", "bad_carried_core", "bad_unique_table"]
        #expect(Set(Fixtures.names("bad_")).subtracting(listed).subtracting(elsewhere).isEmpty)
    }
}

/// Plugins that are meant to be used.
@Suite(.serialized) struct UsefulPluginTests {
    @discardableResult
    private func passes(_ library: String, _ change: (inout CheckupRequest) -> Void = { _ in }) throws -> Checkup {
        let checkup = try checkup(library) {
            $0.offeredColumns = Engine.columnNames
            $0.offeredHopColumns = Engine.hopColumnNames
            $0.columnSpan = { Engine.columnSpan($0) }
            $0.plantedWorlds = Engine.plantedWorlds
            change(&$0)
        }
        #expect(checkup.isPassed, "\(checkup.failures)")
        print("\(library): planted-world: \(checkup.finding("planted-world").map { "\($0.outcome) \($0.detail)" } ?? "none")")
        return checkup
    }

    @Test func theHeuristicPasses() throws {
        // Beside the tests: both lie in the build's folder.
        let folder = try #require(Bundle.main.executablePath.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path })
        let library = "\(folder)/libHeuristicScorer.so"
        guard FileManager.default.fileExists(atPath: library) else { return }
        #expect(try passes(library).finding("planted-world")?.outcome == .passed)
    }

    @Test func thePathScorerPassesWithWeightsAndARecord() throws {
        let folder = try #require(Bundle.main.executablePath.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path })
        let library = "\(folder)/libS4DPathScorer.so"
        guard FileManager.default.fileExists(atPath: library) else { return }
        let configuration = PathConfiguration(
            size: PathConfiguration.Size.tiny.shape, columns: ["path.importance@1", "path.path_feedback@1"],
            hopTables: [.init(column: "path.relation@1", rows: 16, width: 4)],
            queryTables: [.init(column: "query.relation@1", rows: 16, width: 4)], noPath: .learned)
        let model = PathModel(configuration, values: PathParameters(configuration).initialValues(configuration, seed: 3))
        let weights = "\(Fixtures.folder)/paths.safetensors"
        try model.write(to: weights)
        // One hop over relation 5 that says nothing else: importance and feedback are ½ where nobody gives them.
        var inputs = PathInputs()
        inputs.append(columns: [0.5, 0.5], indices: [5])
        inputs.endPath(hops: 1)
        inputs.endRow(query: [2])
        let activations = PathActivations(configuration)
        model.score(inputs, with: activations)
        let records = "\(Fixtures.folder)/paths.golden.json"
        try "[{ \"row\": { \"query.relation@1\": 2 }, \"paths\": [[{ \"path.relation@1\": 5 }]], \"score\": \(activations.rows[0]) }]"
            .write(toFile: records, atomically: true, encoding: .utf8)
        try passes(library) {
            $0.assets = [("weights", weights)]
            $0.golden = records
        }
    }

    @Test(arguments: [("c", "logistic.so"), ("cpp", "bm25plus.so"), ("rust", "graph_distance.so")])
    func anExamplePasses(language: String, library: String) throws {
        let folder = Fixtures.root.appending(path: "Examples/\(language)").path
        guard (try? Fixtures.run(["make", "-C", folder])) != nil else { return }
        let finding = try passes("\(folder)/\(library)").finding("planted-world")
        // Planted memories have no words of their own, and distances in a graph aren't planted.
        #expect(finding?.outcome == (language == "c" ? .passed : .notChecked), "\(String(describing: finding))")
    }

    @Test func theSwiftExamplePasses() throws {
        let folder = Fixtures.root.appending(path: "Examples/swift").path
        guard (try? Fixtures.run(["make", "-C", folder])) != nil else { return }
        #expect(try passes("\(folder)/.build/release/libRecencyFrequency.so").finding("planted-world")?.outcome == .passed)
    }
}

/// The report and the choice of checks.
@Suite struct CheckupTests {
    @Test func onlyAlsoRunsWhatItNeeds() throws {
        let checkup = try checkup(Fixtures.library("good_logistic")) { $0.only = ["permutation"] }
        #expect(checkup.results.last?.name == "permutation" && checkup.finding("answers")?.outcome == .passed)
        #expect(checkup.finding("leak") == nil && checkup.isPassed)
    }

    @Test func levelsContainEachOther() throws {
        let library = try Fixtures.library("good_logistic")
        let names = try Check.Level.allCases.map { level in
            Set(try checkup(library) { $0.level = level }.results.map(\.name))
        }
        #expect(names[0].isStrictSubset(of: names[1]) && names[1].isStrictSubset(of: names[2]))
        #expect(names[2].count == Checkup.checks.count)
    }

    @Test func namesAreUniqueAndNeedsComeFirst() {
        let names = Checkup.checks.map(\.name)
        #expect(Set(names).count == names.count && names.count >= 30)
    }

    @Test func theSameSeedFuzzesTheSameCalls() throws {
        let library = try Fixtures.library("bad_global_state")
        let details = try (0..<2).map { _ in
            try checkup(library) {
                $0.only = ["fuzz"]
                $0.seed = 11
            }.finding("fuzz")?.detail
        }
        #expect(details[0] != nil && details[0] == details[1])
        #expect(details[0]?.hasPrefix("step ") == true)
    }

    @Test func junitIsWellFormed() throws {
        let xml = try checkup(Fixtures.library("bad_nan")).junit
        #expect(xml.contains("<failure message=\"row 0 (a@1 ") && xml.contains("<skipped message="))
        let path = "\(Fixtures.folder)/report.xml"
        try xml.write(toFile: path, atomically: true, encoding: .utf8)
        try Fixtures.run(["python3", "-c", "import sys, xml.dom.minidom as m; m.parse(sys.argv[1])", path])
    }
}
