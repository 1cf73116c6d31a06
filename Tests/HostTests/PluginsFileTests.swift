import Foundation
import Host
import Testing

@Suite struct PluginsFileTests {
    static let corpus = Fixtures.tests.appending(path: "HostTests/Corpus")

    static func files(_ kind: String) -> [String] {
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: corpus.appending(path: kind).path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted()
    }

    private func judge(_ kind: String, _ name: String) -> PluginsFileError? {
        do {
            _ = try PluginsFile.read(path: Self.corpus.appending(path: "\(kind)/\(name)").path)
            return nil
        } catch { return error }
    }

    @Test(arguments: files("good")) func goodFilesAreRead(name: String) {
        #expect(judge("good", name)?.description == nil)
    }

    @Test(arguments: files("bad")) func badFilesAreRefusedWithPlaceFoundAndAllowed(name: String) throws {
        let error = try #require(judge("bad", name))
        #expect(!error.complaints.isEmpty)
        #expect(
            error.complaints.allSatisfy { $0.position.line >= 1 && !$0.found.isEmpty && !$0.allowed.isEmpty })
    }

    @Test(arguments: files("beyond-schema")) func whatNoSchemaCanSayIsRefusedToo(name: String) {
        #expect(judge("beyond-schema", name) != nil)
    }

    @Test func theShippedFileIsGood() throws {
        let file = try PluginsFile.read(path: Fixtures.root.appending(path: "plugins.json").path)
        #expect(file.scorers.filter(\.isEnabled).map(\.id) == ["heuristic"])
        #expect(file.fallback.last == "@floor")
    }

    @Test func theSchemaJudgesTheCorpusAlike() throws {
        let probe = try Fixtures.run(["python3", "-c", "import jsonschema"])
        guard probe.status == 0 else {
            print("skipped: python3 has no jsonschema, which is the second judge")
            return
        }
        let script = """
            import json, sys, pathlib, jsonschema
            root = pathlib.Path(sys.argv[1])
            schema = json.loads((root / "docs/schema/plugins-1.json").read_text())
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            def no(constant): raise ValueError(constant)
            def good(path):
                try: value = json.loads(path.read_bytes().decode("utf-8"), parse_constant=no)
                except ValueError: return False
                return not list(validator.iter_errors(value))
            corpus = root / "Tests/HostTests/Corpus"
            files = [(p, d != "bad") for d in ("good", "bad", "beyond-schema") for p in sorted((corpus / d).glob("*.json"))]
            files.append((root / "plugins.json", True))
            wrong = [str(p) for p, expected in files if good(p) != expected]
            print("\\n".join(wrong) if wrong else "alike %d" % len(files))
            """
        let verdict = try Fixtures.run(["python3", "-c", script, Fixtures.root.path])
        #expect(verdict.text.hasPrefix("alike"), "\(verdict.text)")
    }

    @Test func allMistakesAreNamedAtOnceInTheFilesOrder() throws {
        let text = """
            {
              "version": 1,
              "turn": { "scoringBudgetMilliseconds": "5" },
              "scorers": [ { "id": "a", "library": "l.so", "tier": "foreign" }, { "id": "A" } ],
              "fallback": ["b"],
              "combinor": {}
            }
            """
        let error = #expect(throws: PluginsFileError.self) {
            try PluginsFile.read(bytes: Array(text.utf8), path: "p.json")
        }
        let lines = try #require(error).description.split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "p.json:3:42: turn.scoringBudgetMilliseconds: found \"5\"; allowed: a number from 0.1 to 60000",
                "p.json:4:56: scorers[0].tier: found \"foreign\"; allowed: \"inline\", \"watched\", \"process\" (a foreign function is named by \"foreign\", not by its tier)",
                "p.json:4:69: scorers[1].library: found nothing; allowed: the key is required",
                "p.json:4:77: scorers[1].id: found \"A\"; allowed: 1 to 64 of a–z, 0–9, '-', '_', '.'",
                "p.json:5:15: fallback: found a list of 1; allowed: a list whose last entry is \"@floor\"",
                "p.json:5:16: fallback[0]: found \"b\"; allowed: ids of scorers: a, @floor",
                "p.json:6:3: combinor: found an unknown key; allowed: version, $schema, paths, turn, limits, trust, sessions, health, loadGate, scorers, combiner, fallback, exploration, embedder, note",
            ])
    }

    @Test func noFileIsAnError() {
        #expect(throws: PluginsFileError.self) { try PluginsFile.read(path: "/nowhere/plugins.json") }
    }

    @Test func hashesAreSHA256() {
        #expect(
            SHA256.hexadecimal(of: []) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            SHA256.hexadecimal(of: Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let million = [UInt8](repeating: 0x61, count: 100_000)
        #expect(
            SHA256.hexadecimal(of: million)
                == "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee")
    }
}
