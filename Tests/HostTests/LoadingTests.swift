import Foundation
import Host
import Testing

/// What users see when a library isn't fit to serve: the step, the reason, and a turn that is answered anyway.
@Suite struct LoadingTests {
    @Test(arguments: [
        ("bad_missing_symbol", LoadStep.elf, "doesn't export mneme_plugin; it exports something_else"),
        ("bad_wrong_magic", .table, "magic 0xDEADBEEF; allowed: 0x314D4E4D (\"MNM1\")"),
        ("bad_wrong_major", .table, "ABI major 2; this host speaks 1"),
        ("bad_manifest_major", .manifest, "abi.major: found 2; allowed: 1 (this host's ABI)"),
        ("bad_short_table", .table, "a table of 40 bytes; version 1.0 has 104"),
        (
            "bad_lying_id", .table,
            "the manifest lies: its id is \"fixture\", the library's is \"somebody-else\""
        ),
        (
            "bad_lying_version", .table,
            "the manifest lies: its version is \"1.0.0\", the library's is \"9.9.9\""
        ),
        ("bad_no_note", .manifest, "carries no manifest (ELF note Mneme)"),
        ("bad_broken_json", .manifest, "line 2, column 17: found '}' after a comma; take the comma out"),
        ("bad_unknown_key", .manifest, "determinstic: found an unknown key; allowed: manifest, id, version"),
        (
            "bad_required_column", .columns,
            "row columns not offered: moon.phase@3; required: a@1, moon.phase@3; offered: a@1, b@1"
        ),
        ("bad_required_input", .grants, "it requires query-text, row-texts; granted: none"),
        ("bad_null_score", .table, "score is null; it isn't optional"),
        ("bad_null_table", .table, "mneme_plugin returned null"),
        ("bad_lying_heads", .create, "the manifest lies: create offers heads 0b101, the manifest has 1"),
        ("bad_lying_parts", .create, "the manifest lies: it names 0 parts, create says 7"),
        ("bad_create_fails", .create, "ASSET: weights: 12 tensors, needed are 14"),
        ("bad_create_null", .create, "it returned OK and no model"),
        ("bad_unique", .elf, "defines _ZN6SharedIiE7counterE as STB_GNU_UNIQUE"),
    ])
    func aBadLibraryStaysOutAndTheFloorAnswers(fixture: String, step: LoadStep, reason: String) throws {
        let host = try Sandbox().host(fixture)
        let error = try #require(host.refusal())
        #expect(error.step == step)
        #expect(error.reason.contains(reason), "\(error.reason)")
        let turn = host.score(rows: 3)
        #expect(turn.scores == [0, -10, -20])
        #expect(turn.answeredBy == ["@floor test"])
        #expect(turn.degraded == ["x not served: \(error)"])
    }

    @Test func aNewerMinorWorks() throws {
        let host = try Sandbox().host("good_newer_minor")
        #expect(host.refusal() == nil)
        #expect(host.score(rows: 3).scores == [0, 1, 2])
    }

    @Test func aMissingLibraryNamesThePlacesSearched() throws {
        let host = try Sandbox().host([("x", "libnowhere.so", "")], rest: "")
        #expect(host.refusal()?.step == .locate)
        #expect(host.refusal()?.reason.contains("lib/mneme/plugins") == true)
        let other = try Sandbox().host([("x", "./libnowhere.so", "")])
        #expect(other.refusal()?.reason.hasSuffix("/libnowhere.so") == true)
    }

    @Test func bareNamesAreLookedUpInTheFoldersOfTheFile() throws {
        let sandbox = try Sandbox()
        try FileManager.default.createDirectory(
            atPath: "\(sandbox.folder)/P", withIntermediateDirectories: true)
        _ = try sandbox.write(Fixtures.bytes("good_logistic"), "P/libgood.so")
        let path = try sandbox.write(
            """
            { "version": 1, "paths": { "plugins": ["./nowhere", "./P"], "objects": "o" },
              "scorers": [ { "id": "x", "library": "libgood.so" } ] }
            """)
        let host = try ScorerHost.start(
            plugins: path, HostEnvironment.test)
        #expect(host.refusal() == nil)
        // Unpinned is a warning by default, and it names the pin.
        #expect(
            host.configuration.plugins[0].warnings.contains { $0.contains("isn't pinned; its sha256 is") })
        #expect(
            FileManager.default.fileExists(
                atPath: "\(sandbox.folder)/o/\(host.configuration.plugins[0].hash)"))
    }

    @Test func aPinIsCheckedAndBothHashesAreNamed() throws {
        let path = try Fixtures.library("good_logistic")
        let wrong = String(repeating: "0", count: 64)
        let right = SHA256.hexadecimal(of: try Fixtures.bytes("good_logistic"))
        func start(_ pin: String) throws -> ScorerHost {
            let sandbox = try Sandbox()
            return try ScorerHost.start(
                plugins: sandbox.write(
                    """
                    { "version": 1, "paths": { "objects": "o" }, "trust": { "unpinned": "refuse" },
                      "scorers": [ { "id": "x", "library": { "path": "\(path)", "sha256": "\(pin)" } } ] }
                    """), HostEnvironment.test)
        }
        #expect(try start(right).refusal() == nil)
        let error = try #require(try start(wrong).refusal())
        #expect(error.step == .pin)
        #expect(error.reason.contains(wrong) && error.reason.contains(right))
    }

    @Test func filesThatOthersMayWriteAreRefusedOrWarnedAbout() throws {
        let sandbox = try Sandbox()
        let path = try sandbox.write(Fixtures.bytes("good_logistic"), "lib.so")
        chmod(path, 0o666)
        let host = try sandbox.host([("x", path, "")])
        #expect(host.refusal()?.step == .trust)
        #expect(host.refusal()?.reason.contains("is writable by others (chmod o-w)") == true)

        let lenient = try sandbox.write(
            """
            { "version": 1, "paths": { "objects": "o" }, "trust": { "unpinned": "allow", "writableByOthers": "warn" },
              "scorers": [ { "id": "x", "library": "./lib.so" } ] }
            """)
        let warned = try ScorerHost.start(
            plugins: lenient, HostEnvironment.test)
        #expect(warned.refusal() == nil)
        #expect(warned.configuration.plugins[0].warnings.contains { $0.contains("writable by others") })
    }

    @Test func theCopyServesAfterTheOriginalIsOverwritten() throws {
        let sandbox = try Sandbox()
        let path = try sandbox.write(Fixtures.bytes("good_logistic"), "lib.so")
        let host = try sandbox.host([("x", path, "")])
        try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 0)
        #expect(host.score(rows: 2).answeredBy == ["x 1.0.0"])
    }

    @Test func aDamagedObjectIsReplaced() throws {
        let sandbox = try Sandbox()
        let hash = SHA256.hexadecimal(of: try Fixtures.bytes("good_list"))
        try FileManager.default.createDirectory(
            atPath: "\(sandbox.folder)/objects", withIntermediateDirectories: true)
        let object = try sandbox.write("damaged", "objects/\(hash)")
        let host = try sandbox.host("good_list")
        #expect(host.refusal() == nil)
        #expect(SHA256.hexadecimal(of: [UInt8](try Data(contentsOf: URL(fileURLWithPath: object)))) == hash)
    }

    @Test func truncatedAndForeignFilesStayOut() throws {
        let sandbox = try Sandbox()
        let bytes = try Fixtures.bytes("good_logistic")
        for percent in stride(from: 10, through: 99, by: 10) {
            let path = try sandbox.write(Array(bytes.prefix(bytes.count * percent / 100)), "cut.so")
            #expect(try sandbox.host([("x", path, "")]).refusal()?.step == .elf)
        }
        let text = try sandbox.write("#!/bin/sh\n" + String(repeating: "#", count: 100), "text.so")
        #expect(try sandbox.host([("x", text, "")]).refusal()?.reason.contains("not an ELF file") == true)
    }

    @Test func aBundledDependencyIsRefusedByName() throws {
        let sandbox = try Sandbox()
        let source = try sandbox.write("int bundled_helper(void) { return 1; }", "helper.c")
        _ = try Fixtures.run([
            "cc", "-shared", "-fPIC", "-Wl,-soname,libbundled.so", source, "-o",
            "\(sandbox.folder)/libbundled.so",
        ])
        let library = try Fixtures.library(
            "good_logistic",
            flags: ["-Wl,--no-as-needed", "-L", sandbox.folder, "-lbundled", "-Wl,-rpath,$ORIGIN"])
        let path = try sandbox.write([UInt8](try Data(contentsOf: URL(fileURLWithPath: library))), "lib.so")
        let error = try #require(try sandbox.host([("x", path, "")]).refusal())
        #expect(error.step == .elf)
        #expect(error.reason.contains("needs libbundled.so, which lies beside it"))
        try FileManager.default.removeItem(atPath: "\(sandbox.folder)/libbundled.so")
        let missing = try #require(try sandbox.host([("x", path, "")]).refusal())
        #expect(missing.reason.contains("needs libbundled.so, which is in none of"))
    }

    @Test(arguments: [
        ("\"bias\": 11", "x.options.bias: found 11; allowed: a number from -10.0 to 10.0"),
        ("\"steps\": 1.5", "x.options.steps: found 1.5; allowed: an integer from 1.0 to 4.0"),
        ("\"loud\": \"yes\"", "x.options.loud: found \"yes\"; allowed: true, false"),
        ("\"mode\": \"loud\"", "x.options.mode: found \"loud\"; allowed: \"plain\", \"sigmoid\""),
        ("\"biass\": 1", "x.options.biass: found an unknown option; allowed: bias, steps, loud, mode"),
    ])
    func optionsAreTypedByTheManifest(option: String, reason: String) throws {
        let host = try Sandbox().host("good_logistic", ", \"options\": { \(option) }")
        #expect(host.refusal()?.step == .options)
        #expect(host.refusal()?.reason.contains(reason) == true, "\(host.refusal()?.reason ?? "")")
        #expect(host.refusal()?.reason.hasPrefix("line 3") == true)
    }

    @Test func headsAndAssetsAreTheManifests() throws {
        let heads = try Sandbox().host("good_logistic", ", \"heads\": [\"beauty\"]")
        #expect(heads.refusal()?.reason.contains("found \"beauty\"; allowed: relevance") == true)
        let assets = try Sandbox().host("good_logistic", ", \"assets\": { \"wieghts\": \"w.bin\" }")
        #expect(assets.refusal()?.reason == "found asset \"wieghts\"; allowed: weights")
        let missing = try Sandbox().host("good_logistic", ", \"assets\": { \"weights\": \"w.bin\" }")
        #expect(missing.refusal()?.step == .trust)
    }

    @Test func assetsAreHashedCopiedMappedAndJudgedByThePlugin() throws {
        let sandbox = try Sandbox()
        let weights: [Float] = [3, 0]
        _ = try sandbox.write(weights.withUnsafeBytes(Array.init), "w.bin")
        let host = try sandbox.host("good_logistic", ", \"assets\": { \"weights\": \"w.bin\" }")
        #expect(host.score(rows: 3).scores == [0.5, 3.5, 6.5])
        _ = try sandbox.write([1, 2, 3], "w.bin")
        let broken = try sandbox.host("good_logistic", ", \"assets\": { \"weights\": \"w.bin\" }")
        #expect(broken.refusal()?.description == "create: ASSET: weights: needed are 8 bytes, two f32")
    }

    @Test func aLibraryThatChangesTheFloatModeIsNamed() throws {
        let library = try Fixtures.library("bad_fast_math", flags: ["-ffast-math", "-Ofast"])
        let host = try Sandbox().host([("x", library, "")])
        #expect(host.refusal() == nil)
        #expect(host.configuration.plugins[0].warnings.contains { $0.contains("floating-point mode") })
    }

    @Test func disabledScorersAreJudgedAndNotLoaded() throws {
        let host = try Sandbox().host("good_logistic", ", \"enabled\": false")
        #expect(host.configuration.plugins[0].state == .disabled)
        #expect(host.configuration.plugins[0].version == "1.0.0")
        let bad = try Sandbox().host("bad_no_note", ", \"enabled\": false")
        #expect(bad.refusal()?.step == .manifest)
    }

    @Test func infoShowsALibraryWithoutRunningIt() throws {
        let path = try Fixtures.library("good_logistic")
        let info = try PluginInfo.inspect(path)
        #expect(info.problem == nil)
        #expect(info.manifest?.id == "fixture")
        #expect(info.pin.contains(info.hash))
        let bad = try PluginInfo.inspect(Fixtures.library("bad_no_note"))
        #expect(bad.problem?.step == .manifest)
        #expect(throws: LoadError.self) { try PluginInfo.inspect("/nowhere.so") }
    }

    @Test func infoPrintsTheHashOfALibraryThatIsNoPlugin() throws {
        let info = try PluginInfo.inspect(Fixtures.library("foreign"))
        #expect(info.isForeign && info.problem == nil && info.manifest == nil)
        #expect(info.pin.hasPrefix("\"foreign\": {") && info.pin.contains(info.hash))
        let lame = try PluginInfo.inspect(Fixtures.library("bad_no_note"))
        #expect(!lame.isForeign, "it exports mneme_plugin, so it means to be one")
    }
}
