import Testing

@testable import Host

@Suite struct ConfigurationTests {
    @Test(arguments: [
        ("", "the document ends where a value is expected"),
        ("{", "expected a key in double quotes"),
        (#"{"version": 1,}"#, "found a comma before '}'"),
        (#"{"version": 1, "version": 1}"#, "key \"version\" stands twice"),
        (#"{"version": 01}"#, "a number doesn't begin with 0"),
        ("{\"version\": 1} x", "text after the end"),
        ("// no\n{}", "JSON has none"),
        ("[]", "allowed: an object"),
        ("{}", "key \"version\" is missing"),
        (#"{"version": 2}"#, "key \"version\" is 2; allowed: 1"),
        (#"{"version": 1, "scorer": []}"#, "unknown key \"scorer\""),
        (#"{"version": 1, "scorers": {}}"#, "allowed: an array of scorers"),
        (#"{"version": 1, "scorers": [{"library": "x"}]}"#, "id\" is missing"),
        (#"{"version": 1, "scorers": [{"id": "a"}]}"#, "library\" is missing"),
        (#"{"version": 1, "scorers": [{"id": "@floor", "library": "x"}]}"#, "doesn't begin with @"),
        (#"{"version": 1, "scorers": [{"id": "a", "library": "x"}, {"id": "a", "library": "y"}]}"#, "a name that no other scorer has"),
        (#"{"version": 1, "scorers": [{"id": "a", "library": 5}]}"#, "allowed: an object"),
        (#"{"version": 1, "scorers": [{"id": "a", "library": {"path": "x", "sha256": "zz"}}]}"#, "64 hexadecimal digits"),
        (#"{"version": 1, "scorers": [{"id": "a", "library": "x", "tier": "warp"}]}"#, "inline, watched, process, foreign"),
        (#"{"version": 1, "scorers": [{"id": "a", "library": "x", "tier": "process"}]}"#, "arrive with the worker"),
        (#"{"version": 1, "scorers": [{"id": "a", "foreign": {}}]}"#, "arrives with the process tier"),
        (#"{"version": 1, "scorers": [{"id": "a", "library": "x", "deadlineMilliseconds": -1}]}"#, "a number from 0.05"),
        (#"{"version": 1, "scorers": [{"id": "a", "library": "x", "enabled": "yes"}]}"#, "true or false"),
        (#"{"version": 1, "scorers": [{"id": "a", "library": "x", "grants": ["mind"]}]}"#, "row-texts, query-text"),
        (#"{"version": 1, "combiner": {"kind": "vote"}}"#, "first, fixed, rrf"),
        (#"{"version": 1, "combiner": {"kind": "gate"}}"#, "gate arrives with its weights"),
        (#"{"version": 1, "combiner": {"kind": "fixed"}}"#, "an object of scorer id and weight"),
        (#"{"version": 1, "combiner": {"kind": "fixed", "weights": {"b": 1}}}"#, "names no scorer"),
        (#"{"version": 1, "fallback": ["a", "@floor"]}"#, "names \"a\""),
        (#"{"version": 1, "fallback": []}"#, "ends in \"@floor\""),
        (#"{"version": 1, "trust": {"unpinned": "maybe"}}"#, "allow, warn, refuse"),
        (#"{"version": 1, "turn": {"rowsPerCall": 0.5}}"#, "a whole number"),
        (#"{"version": 1, "experiments": [{}]}"#, "arrives with the experiments"),
        (#"{"version": 1, "embedder": {"command": []}}"#, "command (a non-empty array)"),
    ])
    func aBadFileIsRefusedAndTheMessageSaysWhereAndWhatIsAllowed(text: String, expected: String) {
        #expect {
            _ = try PluginsFile(parsing: text, name: "plugins.json")
        } throws: { error in
            "\(error)".contains(expected) && "\(error)".contains("line 1") || "\(error)".contains(expected) && text.isEmpty
        }
    }

    @Test func everyProblemIsReportedAtOnce() {
        #expect {
            _ = try PluginsFile(parsing: #"{"version": 1, "tern": {}, "combiner": {"kind": "x"}}"#, name: "plugins.json")
        } throws: { "\($0)".contains("tern") && "\($0)".contains("combiner.kind") }
    }

    @Test func theShippedFilesAreGood() throws {
        _ = try PluginsFile(parsing: PluginsFile.builtIn, name: "built in")
    }

    @Test func thousandsOfDamagedFilesAreRefusedOrReadAndNeverCrash() {
        var state: UInt64 = 1
        func next() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        let seed = Array(PluginsFile.builtIn.utf8)
        for _ in 0..<5000 {
            var bytes = seed
            for _ in 0...(next() % 4) {
                switch next() % 3 {
                case 0: bytes[next() % bytes.count] = UInt8(truncatingIfNeeded: next())
                case 1: bytes.remove(at: next() % bytes.count)
                default: bytes.insert(UInt8(truncatingIfNeeded: next()), at: next() % bytes.count)
                }
            }
            _ = try? PluginsFile(parsing: String(decoding: bytes, as: UTF8.self), name: "fuzz")
        }
    }

    @Test func theHashIsTheStandards() {
        #expect(SHA256.hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(SHA256.hex(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let long = Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
        #expect(SHA256.hex(long) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }
}
