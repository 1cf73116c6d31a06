import Foundation
import Storage
import Testing

@testable import Engine

@Suite(.enabled(if: Python.isHere, "the embedders of these tests are Python scripts"))
struct `Embedding by an external command` {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func embedder(_ script: String, _ adjust: (inout EmbedderCommand.Configuration) -> Void = { _ in }) throws
        -> EmbedderCommand
    {
        try folder.write(
            "embed.py", "import sys, json, os, time\nhere = os.path.dirname(__file__)\n" + script)
        var configuration = EmbedderCommand.Configuration(
            model: "m", argv: ["python3", folder.path + "/embed.py"])
        configuration.backoffSeconds = 0.01
        configuration.timeoutSeconds = 20
        adjust(&configuration)
        return EmbedderCommand(configuration)
    }

    static let lengths = """
        for line in sys.stdin:
            r = json.loads(line)
            print(json.dumps({"id": r["id"], "vector": [len(r["text"]), os.getpid()]}), flush=True)
        """

    @Test func vectorsComeInTheOrderOfTheTextsFromOneProgram() throws {
        let embedder = try embedder(Self.lengths) { $0.batchSize = 7 }
        let texts = (0..<100).map { String(repeating: "ä\n\"", count: $0) }
        let vectors = try embedder.embed(texts).map(\.vector)
        #expect(vectors.map { $0[0] } == (0..<100).map { Float($0 * 3) })
        #expect(Set(vectors.map { $0[1] }).count == 1)
        #expect(embedder.dimension == 2)
    }

    @Test func largeBatchesFlowBothWaysWithoutADeadlock() throws {
        let embedder = try embedder(
            "for line in sys.stdin:\n    r = json.loads(line)\n    print(json.dumps({'id': r['id'], 'vector': [0.5] * 2000}), flush=True)\n"
        ) { $0.batchSize = 500 }
        #expect(
            try embedder.embed([String](repeating: String(repeating: "x", count: 5000), count: 500)).count
                == 500)
    }

    @Test func aProgramThatAnswersAtTheEndOfItsInputWorksAsOneShot() throws {
        let embedder = try embedder(
            "rows = [json.loads(l) for l in sys.stdin]\nfor r in reversed(rows): print(json.dumps({'id': r['id'], 'vector': [r['id']]}))\n"
        ) {
            $0.isOneShot = true
            $0.batchSize = 3
        }
        #expect(try embedder.embed(["a", "b", "c", "d"]).map(\.vector) == [[0], [1], [2], [0]])
    }

    @Test func aProgramThatDiesIsStartedAgain() throws {
        let embedder = try embedder(
            "count = here + '/count'\nn = os.path.getsize(count) if os.path.exists(count) else 0\nopen(count, 'a').write('x')\nif n < 2: sys.exit('not yet')\n"
                + Self.lengths)
        #expect(try embedder.embed(["four"]).map { $0.vector[0] } == [4])
    }

    @Test func aProgramThatAlwaysDiesIsAnErrorWithItsOwnWords() throws {
        let embedder = try embedder("sys.exit('no GPU here')") { $0.retries = 1 }
        let error = #expect(throws: ImportError.self) { try embedder.embed(["a"]) }
        #expect(error?.code == .commandFailed)
        #expect(
            error?.message.contains("no GPU here") == true && error?.message.contains("2 attempts") == true)
    }

    @Test func aProgramThatHangsIsEndedInTime() throws {
        let embedder = try embedder("time.sleep(60)") {
            $0.retries = 0
            $0.timeoutSeconds = 0.3
        }
        let error = #expect(throws: ImportError.self) { try embedder.embed(["a"]) }
        #expect(error?.code == .commandTimedOut)
    }

    @Test(arguments: [
        ("print('loading…', flush=True)", "loading"),
        (#"print('{"id":7,"vector":[1]}', flush=True)"#, "the id 7"),
        (#"print('{"id":0,"vector":[]}', flush=True)"#, "the vector an array of 0"),
        (#"print('{"id":0,"vector":[1,NaN]}', flush=True)"#, "NaN"),
        (#"print('{"id":0}', flush=True)"#, "the vector missing"),
        (#"print('{"id":0,"vector":[1,2,3]}', flush=True)"#, "3 components, allowed: 2"),
    ])
    func anAnswerOfTheWrongFormIsAnErrorAtOnce(script: String, message: String) throws {
        let embedder = try embedder(script + "\nsys.stdin.read()") { $0.dimension = 2 }
        let error = #expect(throws: ImportError.self) { try embedder.embed(["a"]) }
        #expect(error?.code == .badAnswer)
        #expect(error?.message.contains(message) == true)
    }

    @Test func aProgramThatDoesNotExistIsNamed() {
        let embedder = EmbedderCommand(.init(model: "m", argv: ["no-such-embedder"]))
        let error = #expect(throws: ImportError.self) { try embedder.embed(["a"]) }
        #expect(error?.code == .commandNotFound && error?.place == "no-such-embedder")
    }
}

enum Python {
    static var isHere: Bool {
        (try? ChildProcess.output(of: ["python3", "-c", "import sqlite3"]).status) == 0
    }
}
