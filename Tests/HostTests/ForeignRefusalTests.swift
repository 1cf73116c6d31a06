import Foundation
import Host
import Testing

/// What keeps a foreign function from serving. A wrong signature doesn't fail by itself: it computes something.
@Suite(.serialized) struct ForeignRefusalTests {
    private let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    private func refusal(
        _ foreign: String, library: String? = nil, sha256: String? = nil, columns: [String] = Sandbox.columns
    ) throws -> LoadError {
        let host = try sandbox.foreignHost(foreign, library: library, sha256: sha256, columns: columns)
        #expect(host.score(rows: 2).answeredBy == ["@floor test"])
        return try #require(host.refusal())
    }

    @Test func floatsDeclaredWhereDoublesAreMeantAreCaught() throws {
        let error = try refusal(
            Foreign.decay.replacingOccurrences(of: "f64", with: "f32"), library: Foreign.libm)
        #expect(error.step == .golden)
        #expect(error.reason.hasPrefix("golden[0] (a@1 = 0.0): expected 1.0, found "), "\(error.reason)")
        #expect(error.reason.hasSuffix("is the signature right?"))
    }

    @Test func argumentsInTheWrongOrderAreCaught() throws {
        let swapped = Foreign.decay.replacingOccurrences(
            of: "{ \"type\": \"f64\", \"constant\": 0.95 }, { \"type\": \"f64\", \"column\": \"a@1\" }",
            with: "{ \"type\": \"f64\", \"column\": \"a@1\" }, { \"type\": \"f64\", \"constant\": 0.95 }")
        let error = try refusal(swapped, library: Foreign.libm)
        #expect(error.step == .golden && error.reason.contains("expected 1.0, found 0.0"), "\(error.reason)")
    }

    @Test func aWrongReturnTypeIsCaught() throws {
        let error = try refusal(
            Foreign.decay.replacingOccurrences(of: "\"returns\": \"f64\"", with: "\"returns\": \"i32\""),
            library: Foreign.libm)
        #expect(error.step == .golden, "\(error)")
    }

    @Test func aWrongConstantIsCaughtByTheRecordThatFeelsIt() throws {
        let error = try refusal(
            Foreign.decay.replacingOccurrences(of: "0.95", with: "0.9"), library: Foreign.libm)
        // 0.9⁰ is 1 too: only the second record tells.
        #expect(
            error.reason.hasPrefix("golden[1] (a@1 = 10.0): expected 0.5987369392383787, found 0.348678"),
            "\(error.reason)")
    }

    @Test func aSymbolThatTheLibraryLacksIsRefusedWithItsNeighbours() throws {
        let error = try refusal(
            Foreign.rankRows.replacingOccurrences(of: "\"rank_rows\"", with: "\"rank_row\""))
        #expect(
            error.step == .elf && error.reason.contains("doesn't export rank_row;")
                && error.reason.contains("among them rank_rows"), "\(error)")
    }

    @Test func aSymbolOfAnotherLibraryIsRefused() throws {
        // libm needs libc, so the loader would find it.
        let error = try refusal(
            Foreign.decay.replacingOccurrences(of: "\"pow\"", with: "\"labs\""), library: Foreign.libm)
        #expect(error.step == .elf, "\(error)")
    }

    @Test func dataIsNoFunction() throws {
        let error = try refusal(Foreign.ofA("not_a_function"))
        #expect(error.step == .golden && error.reason.contains("SIGSEGV"), "\(error)")
    }

    @Test func otherBytesThanThePinnedOnesAreNeverLoaded() throws {
        let error = try refusal(Foreign.rankRows, sha256: String(repeating: "0", count: 64))
        #expect(error.step == .pin, "\(error)")
    }

    @Test func rowsThatAreNeverWrittenAreNamed() throws {
        let error = try refusal(Foreign.batchOfA("skips_odd_rows"))
        #expect(
            error.step == .golden
                && error.reason.hasPrefix("golden[1] (a@1 = 1.0) in one batch: expected 1.0, found nothing"),
            "\(error)")
    }

    @Test func aFunctionThatWritesPastItsOutputDiesOfIt() throws {
        let error = try refusal(Foreign.batchOfA("overruns"))
        #expect(error.step == .golden && error.reason.contains("SIGSEGV"), "\(error)")
    }

    @Test func doublesWrittenWhereFloatsAreDeclaredAreCaught() throws {
        let blend = """
            "symbol": "blend", "call": "batch", "returns": "i32", "scale": "logit",
            "arguments": [ { "type": "f64*", "rows": ["a@1"] }, { "type": "f64*", "rows": ["b@1"] },
                           { "type": "f64", "constant": 0.25 }, { "type": "i64", "value": "row-count" },
                           { "type": "f32*", "output": "score" } ],
            \(Foreign.golden((a: 4, b: 0, score: 1), (a: 0, b: 4, score: 3)))
            """
        #expect(try refusal(blend).step == .golden)
    }

    @Test func aRowMustScoreAloneAsItDoesAmongOthers() throws {
        let error = try refusal(Foreign.batchOfA("mixes_rows"))
        #expect(
            error.step == .golden
                && error.reason.hasPrefix("golden[1] (a@1 = 1.0) alone: expected 1.0, found 0.0"), "\(error)")
    }

    @Test func whatRemembersEarlierCallsIsCaught() throws {
        let error = try refusal(Foreign.ofA("remembers"))
        #expect(
            error.step == .golden && error.reason.contains("the second time: expected 0.0, found 1.0"),
            "\(error)")
    }

    @Test func goldenRecordsMayTakeLongerThanATurn() throws {
        let golden = "[ { \"row\": { \"a@1\": 1 }, \"score\": 1 }, { \"row\": { \"a@1\": 3 }, \"score\": 3 } ]"
        let host = try sandbox.foreignHost(
            Foreign.ofA("slow_past_two", golden: golden), more: ", \"deadlineMilliseconds\": 0.01")
        #expect(host.refusal() == nil, "\(String(describing: host.refusal()))")
    }

    @Test func columnsThatNobodyOffersAreNamed() throws {
        let error = try refusal(Foreign.rankRows, columns: ["b@1"])
        #expect(error.step == .columns && error.reason.contains("a@1"), "\(error)")
    }

    @Test func aFileThatIsNoLibraryIsRefused() throws {
        let path = try sandbox.write("pow", "libpow.so")
        #expect(try refusal(Foreign.decay, library: path).step == .elf)
    }

    @Test func goldenRecordsMayStandInAFileOfTheirOwn() throws {
        func host(_ text: String, pin: String = "") throws -> ScorerHost {
            _ = try sandbox.write(text, "golden.json")
            return try sandbox.foreignHost(
                Foreign.ofA("slow_past_two", golden: "{ \"path\": \"./golden.json\"\(pin) }"))
        }
        #expect(
            try host(
                "[ { \"row\": { \"a@1\": 1 }, \"score\": 1 }, { \"row\": { \"a@1\": 2 }, \"score\": 2 } ]"
            ).refusal() == nil)
        #expect(
            try host("[ { \"row\": { \"a@1\": 1 }, \"score\": 2 } ]").refusal()?.reason.contains(
                "expected 2.0, found 1.0") == true)
        #expect(try host("{}").refusal()?.step == .golden)
        #expect(try host("[").refusal()?.step == .golden)
        let misspelt = try #require(try host("[\n{ \"row\": { \"a\": 1 }, \"score\": 2 } ]").refusal())
        #expect(misspelt.reason.contains("golden.json:2:"), "\(misspelt)")
        #expect(
            try host("[]", pin: ", \"sha256\": \"\(String(repeating: "0", count: 64))\"").refusal()?.step
                == .pin)
    }

    @Test func recordsThatExpectOneScoreAreServedWithAWarning() throws {
        let entry = Foreign.ofA("slow_past_two", golden: "[ { \"row\": { \"a@1\": 1 }, \"score\": 1 } ]")
        let plugins = try sandbox.foreignHost(entry).configuration.plugins
        #expect(plugins.map(\.state) == [.serving])
        #expect(plugins[0].warnings.contains { $0.contains("would pass") })
    }
}
