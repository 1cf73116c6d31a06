import Engine
import Foundation
import Server
import Testing

@testable import mneme

/// What people get wrong, with the exit status and a word that the report must contain.
struct BadInput: Sendable, CustomTestStringConvertible {
    var arguments: [String]
    var input = ""
    var status: RunStatus
    var says: String
    var testDescription: String { arguments.joined(separator: " ") + (input.isEmpty ? "" : " < \(input)") }

    init(_ arguments: String..., input: String = "", status: RunStatus = .usage, says: String) {
        self.arguments = arguments
        self.input = input
        self.status = status
        self.says = says
    }

    static let all: [BadInput] = [
        BadInput("serch", says: "allowed: init, add, get"),
        BadInput("serch", "q", says: "do: mneme search q"),
        BadInput("frobnicate", says: "do: mneme --help"),
        BadInput("plugin", "bogus", says: "allowed: list, info"),
        BadInput("search", "--frobnicate", says: "--frobnicate"),
        BadInput("search", "a", "b", says: "Unexpected argument 'b'"),
        BadInput("search", "q", "--limit", "ten", says: "found: mneme search q --limit ten"),
        BadInput("search", "q", "--limit", "0", says: "allowed: 1 or more"),
        BadInput("search", "q", "--lines", "-1", says: "--lines"),
        BadInput("search", "q", "--budget", "0", says: "--budget"),
        BadInput("search", "q", "--now", "yesterday", says: "ISO 8601"),
        BadInput("search", "q", "--now", "2026-02-30", says: "found: 2026-02-30"),
        BadInput("search", "q", "--deadline", "0", says: "out of range"),
        BadInput("search", "q", "--temperature", "nan", says: "--temperature"),
        BadInput("search", "q", "--seed", "-1", says: "--seed"),
        BadInput(
            "search", "q", "--vector", "/nowhere/v.json", "--embedding-model", "m", status: .missingInput,
            says: "/nowhere/v.json"),
        BadInput(
            "search", "q", "--vector", "-", "--embedding-model", "m", input: "[1,\"a\"]", status: .badData,
            says: "one JSON array"),
        BadInput(
            "search", "q", "--vector", "-", "--embedding-model", "m", input: "[]", status: .badData,
            says: "found: []"),
        BadInput("search", "q", "--user", "", says: "--user"),
        BadInput("search", "q", "--db", "", says: "--db"),
        BadInput("search", "q", "--seed", "3", says: "--seed without --temperature"),
        BadInput("search", "q", "--embedding-model", "m", says: "--vector"),
        BadInput("export", "--force", says: "--force without --to"),
        BadInput("add", says: "Missing expected argument '<text>'"),
        BadInput("add", "  ", says: "empty text"),
        BadInput("add", "-", input: "\n", says: "empty text"),
        BadInput("add", "t", "--importance", "1.5", says: "allowed: 0.0 to 1.0"),
        BadInput("add", "t", "--importance", "high", says: "high"),
        BadInput("add", "t", "--entity", "NAS", says: "name:kind"),
        BadInput("add", "t", "--entity", ":device", says: "name:kind"),
        BadInput("add", "t", "--vector", "-", input: "[1]", says: "--vector without --embedding-model"),
        BadInput("add", "t", "--metadata", "[1]", says: "JSON object"),
        BadInput("add", "t", "--valid-until", "2026-13-01", says: "--valid-until"),
        BadInput("add", "t", "--ordinal", "-2", says: "--ordinal"),
        BadInput("get", "m_9", status: .notFound, says: "found: m_9"),
        BadInput("list", "--limit=-5", says: "allowed: 1 or more"),
        BadInput("list", "--offset", "-1", says: "--offset"),
        BadInput("update", "m_1", says: "nothing to change"),
        BadInput("update", "m_1", "--text", "", says: "empty text"),
        BadInput("forget", says: "Missing expected argument"),
        BadInput("import", "/nowhere", status: .missingInput, says: "no such file or folder (/nowhere)"),
        BadInput("import", "-", "--format", "csv", says: "csv"),
        BadInput("import", "-", "--format", "git", says: "standard input is JSONL"),
        BadInput("import", "-", "--batch", "0", says: "--batch"),
        BadInput("export", "--to", "/tmp", status: .cannotCreate, says: "it is a folder"),
        BadInput("export", "--to", "/nowhere/x.jsonl", status: .cannotCreate, says: "no such folder"),
        BadInput("backup", "/etc/hostname", status: .cannotCreate, says: "it exists already"),
        BadInput("train", "paths", "/tmp", says: "--out"),
        BadInput("train", "paths", "/tmp", "--out", "w", "--size", "huge", says: "allowed: tiny, small, medium"),
        BadInput("train", "paths", "/tmp", "--out", "w", "--resume", says: "--resume without --checkpoint"),
        BadInput("eval", "paths", "/tmp", "--resamples", "1", says: "--resamples"),
        BadInput("score", "q", "-c", "/nowhere", status: .missingInput, says: "no such file"),
        BadInput("score", "q", "-c", "/tmp", status: .missingInput, says: "a folder"),
        BadInput("score", "q", input: "\n \n", status: .badData, says: "no candidates"),
        BadInput(
            "score", "q", input: #"{"id":"a"}\#n{"id":"b","paths":[[{"id":"e","columns":{"path.nope@1":1}}]]}"#,
            status: .badData, says: "line 2, paths[0][0].columns"),
        BadInput(
            "score", "q", input: #"{"id":"a","paths":[[{"id":"e","kind":"thing"}]]}"#, status: .badData,
            says: "line 1, paths[0][0].kind"),
        BadInput(
            "score", "q", input: #"{"id":"a","paths":[[{"kind":"entity"}]]}"#, status: .badData,
            says: "line 1, paths[0][0].id"),
        BadInput(
            "score", "q", input: #"{"id":"a","paths":[[{"id":"e","weight":1}]]}"#, status: .badData,
            says: "line 1, paths[0][0]"),
        BadInput("score", "q", input: #"{"id":"a","paths":[[]]}"#, status: .badData, says: "1 to 32 hops"),
        BadInput(
            "score", "q", input: #"{"id":"a","paths":[[{"id":"e","columns":{"path.importance@1":"high"}}]]}"#,
            status: .badData, says: "paths[0][0].columns.path.importance@1"),
        BadInput("score", "q", input: "{\"id\":\"a\"}\n{\"id\":", status: .badData, says: "line 2"),
        BadInput("score", "q", input: "[]", status: .badData, says: "JSON object"),
        BadInput("score", "q", input: "{\"text\":\"a\"}", status: .badData, says: "line 1, id"),
        BadInput("score", "q", input: "{\"id\":7}", status: .badData, says: "allowed: a string"),
        BadInput("score", "q", input: "{\"id\":\"a\",\"txt\":\"b\"}", status: .badData, says: "found: txt"),
        BadInput("score", "q", input: "{\"id\":\"a\"}\n\n{\"id\":\"a\"}", status: .badData, says: "line 3"),
        BadInput("score", "q", input: "{\"id\":\"a\",\"importance\":7}", status: .badData, says: "0 to 1"),
        BadInput(
            "score", "q", input: "{\"id\":\"a\",\"embedding\":[1,null]}", status: .badData, says: "embedding"),
        BadInput(
            "score", "q", input: "{\"id\":\"a\",\"embedding\":[]}", status: .badData, says: "not a vector"),
        BadInput(
            "score", "q", input: "{\"id\":\"a\",\"columns\":{\"x@1\":\"y\"}}", status: .badData,
            says: "columns.x@1"),
        BadInput(
            "score", "q", input: "{\"id\":\"a\",\"access_count\":-1}", status: .badData, says: "access_count"),
        BadInput("feedback", "r_7", says: "no feedback"),
        BadInput("feedback", "r_7", "--rating", "m_1", says: "ID=VALUE"),
        BadInput("feedback", "r_7", "--rating", "m_1=2", says: "found: m_1=2"),
        BadInput("feedback", "r_7", "--rating", "=1", says: "not a rating"),
        BadInput("explain", "r_7", "--memory", "m_9", status: .notFound, says: "found: m_9"),
        BadInput("eval", "golden", "/nowhere", status: .missingInput, says: "no such folder"),
        BadInput("eval", "equivalence", "--state", "7", says: "even"),
        BadInput("eval", "equivalence", "--width", "0", says: "1 to 1024"),
        BadInput("eval", "retrieval", "/nowhere", status: .missingInput, says: "no such folder"),
        BadInput("eval", "retrieval", "/tmp", "--resamples", "5", says: "--resamples"),
        BadInput("train", "task", "chess", says: "allowed: induction, selective-copying, parity"),
        BadInput("train", "task", "parity", "--block", "lstm", says: "allowed: mamba, s4d, mamba3"),
        BadInput("train", "task", "parity", "--no-rotation", says: "--block mamba3"),
        BadInput("train", "task", "parity", "--steps", "0", says: "--steps"),
        BadInput("train", "task", "parity", "--target", "2", says: "--target"),
        BadInput("train", "task", "parity", "--resume", "/nowhere", status: .missingInput, says: "no such file"),
        BadInput(
            "train", "task", "parity", "--out", "/nowhere/w", status: .cannotCreate, says: "no such folder"),
        BadInput("serve", says: "allowed: --stdio"),
        BadInput("bench", "warp", says: "allowed: score, search"),
        BadInput("bench", "--size", "0", says: "--size"),
        BadInput("completions", "tcsh", says: "tcsh"),
    ]
}

@Suite struct BadInputTests {
    @Test(arguments: BadInput.all) func isRefusedInOneForm(_ bad: BadInput) {
        let run = Run(arguments: bad.arguments, input: bad.input)
        #expect(run.status == bad.status.rawValue)
        #expect(run.output == "", "an error must not look like a result")
        #expect(run.error.hasPrefix("error: "))
        #expect(run.error.contains(bad.says), "\(run.error)")
        for line in run.error.split(separator: "\n").dropFirst() {
            #expect(["  found: ", "  allowed: ", "  do: "].contains { line.hasPrefix($0) }, "\(line)")
        }
        #expect(
            run.seen.calls.allSatisfy { $0.hasPrefix("get") || $0.hasPrefix("explain") },
            "nothing was written")
    }

    @Test(arguments: BadInput.all) func isOneJSONObjectOnStandardErrorWithJSON(_ bad: BadInput) {
        let run = Run(arguments: bad.arguments + ["--json"], input: bad.input)
        #expect(run.status == bad.status.rawValue)
        #expect(run.output == "")
        #expect(run.error.count { $0 == "\n" } == 1)
        #expect(run.errorObject["exit_code"] as? Int == Int(bad.status.rawValue))
        #expect(
            Set(run.errorObject.keys) == ["code", "exit_code", "message", "where", "found", "allowed", "do"])
    }

    @Test func theFormIsWhatWhereFoundAllowedDo() {
        #expect(
            Run("update", "m_1", "--importance", "2").error == """
                error: out of range (--importance)
                  found: 2.0
                  allowed: 0.0 to 1.0
                  do: choose a value in the range

                """)
    }

    @Test(arguments: [
        (EngineError.Code.invalidInput, Int32(65)), (.notFound, 1), (.store, 69), (.unsupported, 69),
        (.configuration, 78), (.internalFault, 70),
    ]) func enginesErrorsBecomeExitCodes(_ code: EngineError.Code, _ status: Int32) {
        let run = Run("search", "q") {
            $0.error = EngineError(code, "the store is locked by pid 7; wait or stop it")
        }
        #expect(run.status == status)
        #expect(run.error == "error: the store is locked by pid 7; wait or stop it\n")
    }

    @Test func anUnknownErrorIsAFaultOfOurs() {
        struct Surprise: Error {}
        #expect(CommandFailure(Surprise()).status == .internalFault)
    }
}
