import Engine
import Foundation
import Testing

@testable import Server

/// A handler over a real engine in an empty store; without a library the floor answers.
private func handler(width: Int = 4) throws -> RequestHandler {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mneme-\(UUID().uuidString)")
        .path
    let engine = try Engine(
        databasePath: folder + "/store.db", configuration: (#"{"version": 1}"#, folder + "/plugins.json"))
    return RequestHandler(
        service: engine, scope: Scope(),
        options: SidecarOptions(arguments: ["--native-dim", "\(width)", "--whatever"]))
}

private func ask(_ handler: RequestHandler, _ line: String) throws -> [String: Any] {
    let answer = try #require(handler.answer(Array(line.utf8)))
    return try #require(try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any])
}

private func call(_ handler: RequestHandler, _ method: String, _ params: String) throws -> [String: Any] {
    try ask(handler, #"{"jsonrpc":"2.0","id":"x","method":"\#(method)","params":\#(params)}"#)
}

private func code(_ answer: [String: Any]) -> Int? { (answer["error"] as? [String: Any])?["code"] as? Int }
private func message(_ answer: [String: Any]) -> String {
    (answer["error"] as? [String: Any])?["message"] as? String ?? ""
}

@Suite struct SidecarTests {
    private func scores(_ answer: [String: Any]) throws -> [(id: Any, score: Double)] {
        let result = try #require(answer["result"] as? [String: Any], "\(answer)")
        let list = try #require(result["scores"] as? [[String: Any]])
        return try list.map { ($0["id"] as Any, try #require($0["score"] as? Double)) }
    }

    @Test(arguments: [
        #"{"candidate_ids":["a","b"],"context_embedding":[1,0,0,0],"candidate_embeddings":[null,[1,0,0,0]]}"#,
        #"{"candidate_ids":["a","b"],"context_embedding":[1,0],"candidate_embeddings":[[1],[1,0,0,0]]}"#,
        #"{"candidate_ids":["a","b"],"context_embedding":null,"candidate_embeddings":null,"candidate_features":null,"candidate_texts":null,"project_slot":null}"#,
        #"{"candidate_ids":["a","b"],"context_embedding":[1,0,0,0],"candidate_features":[[0.1,null,2],null]}"#,
        #"{"candidate_ids":["a","b"],"context_embedding":[1,0,0,0],"candidate_embeddings":[],"candidate_texts":["x",null]}"#,
        #"{"candidate_ids":["a","b"],"context_embedding":[1e39,0,0,0],"candidate_features":[[1e300,1e300,1e300],[-1e300]],"agent_id":"q","new":1}"#,
    ])
    func aCandidateIsScoredFromWhatIsLeft(params: String) throws {
        let scores = try scores(try call(try handler(), "score", params))
        #expect(scores.count == 2)
        #expect(scores.allSatisfy { $0.score.isFinite })
        #expect(abs(scores.reduce(0) { $0 + $1.score } - 1) < 1e-9)
        #expect(scores[0].score >= scores[1].score)
    }

    @Test func theNearerVectorAndTheHigherImportanceComeFirst() throws {
        let answer = try call(
            try handler(), "score",
            #"{"candidate_ids":["far","near"],"context_embedding":[1,0,0,0],"candidate_embeddings":[[0,1,0,0],[1,0.1,0,0]]}"#
        )
        #expect(try scores(answer).first?.id as? String == "near")
        let features = try call(
            try handler(), "score",
            #"{"candidate_ids":[1,2],"context_embedding":[],"candidate_features":[[1,0.2],[1,0.9]]}"#)
        #expect(try scores(features).first?.id as? Int == 2)
    }

    @Test func anEmptyPoolIsAnEmptyList() throws {
        #expect(
            try scores(
                try call(try handler(), "score", #"{"candidate_ids":[],"context_embedding":[1,0,0,0]}"#)
            ).isEmpty)
    }

    @Test func tenOfAHundredWithoutAVectorAllAreScored() throws {
        let rows = (0..<100).map { $0 % 10 == 0 ? "null" : "[\(Double($0) / 100),1,0,0]" }.joined(
            separator: ",")
        let ids = (0..<100).map { "\"m\($0)\"" }.joined(separator: ",")
        let answer = try call(
            try handler(), "score",
            #"{"candidate_ids":[\#(ids)],"context_embedding":[1,0,0,0],"candidate_embeddings":[\#(rows)]}"#)
        #expect(Set(try scores(answer).compactMap { $0.id as? String }).count == 100)
    }

    @Test func statusAnswersWhatTheDaemonValidates() throws {
        let result = try #require(try call(try handler(), "status", "{}")["result"] as? [String: Any])
        #expect(result["feature_dimensions"] as? Int == 17 && result["native_dimensions"] as? Int == 4)
        #expect(
            result["trained"] is Bool && result["training_pairs"] is Int && result["model_version"] is Int
                && result["last_trained"] is NSNull)
    }

    @Test func trainingSaysThatNothingHereCanLearn() throws {
        for method in ["train", "train_from_db"] {
            let answer = try call(try handler(), method, "{}")
            #expect(code(answer) == -32000 && message(answer).contains("can learn"))
        }
    }
}

@Suite struct StdioTests {
    @Test(arguments: [
        ("nonsense", -32700), (#"{"id":1,"method":"status"}"#, -32700),
        (#"{"jsonrpc":"2.0","method":"status"}"#, -32700),
        (#"{"jsonrpc":"1.0","id":1,"method":"status"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1,"method":"dance"}"#, -32601),
        (#"{"jsonrpc":"2.0","id":1}"#, -32600), ("[]", -32600), ("5", -32600),
        (#"{"jsonrpc":"2.0","id":1,"method":"score"}"#, -32602),
        (#"{"jsonrpc":"2.0","id":{},"method":"status"}"#, -32600),
        (String(repeating: "[", count: 5000), -32700),
    ])
    func aBadFrameHasItsCode(line: String, expected: Int) throws {
        let handler = try handler()
        #expect(code(try ask(handler, line)) == expected)
        #expect(
            code(try ask(handler, #"{"jsonrpc":"2.0","id":1,"method":"status"}"#)) == nil,
            "the next frame is served")
    }

    @Test func invalidUTF8IsAnsweredAndTheNextFrameServed() throws {
        let handler = try handler()
        let answer = try #require(handler.answer([0x7B, 0xFF, 0xFE, 0x7D]))
        #expect(answer.contains("-32603"))
    }

    @Test(arguments: [
        ("mneme/search", #"{"queri":"x"}"#, "unknown member \"queri\""),
        ("mneme/search", #"{"limit":0}"#, "a whole number from 1"),
        ("mneme/search", #"{"limit":"ten"}"#, "limit is \"ten\""),
        ("mneme/search", #"{"query":7}"#, "query is 7; allowed: a string"),
        ("mneme/search", #"{"query_embedding":["a"]}"#, "an array of numbers"),
        ("mneme/search", "[]", "allowed: an object"),
        ("mneme/add", "{}", "memories is missing"), ("mneme/add", #"{"memories":[{}]}"#, "text is missing"),
        ("mneme/add", #"{"memories":[{"text":"x","importance":2}]}"#, "a number from 0.0 to 1.0"),
        (
            "mneme/feedback", #"{"retrieval_id":"r","feedback":[{"id":"a","kind":"applause"}]}"#,
            "rating, referenced, hit"
        ),
        ("mneme/explain", #"{"retrieval_id":"nope"}"#, "no turn with retrieval_id nope"),
        ("mneme/get", #"{"id":"nope"}"#, "no memory with id nope"),
    ])
    func badParametersAreNamedWithWhatIsAllowed(method: String, params: String, expected: String) throws {
        let answer = try call(try handler(), method, params)
        #expect(message(answer).contains(expected), "\(answer)")
    }

    @Test func addSearchFeedbackExplain() throws {
        let handler = try handler()
        _ = try call(
            handler, "mneme/add",
            #"{"memories":[{"id":"a","text":"The backup runs at night","author":"Anna"},{"id":"b","text":"Cats sleep"}]}"#
        )
        let found = try #require(
            try call(handler, "mneme/search", #"{"query":"when does the backup run?"}"#)["result"]
                as? [String: Any])
        let memories = try #require(found["memories"] as? [[String: Any]])
        #expect(memories.first { $0["rank"] as? Int == 1 }?["id"] as? String == "a")
        let retrieval = try #require(found["retrieval_id"] as? String)
        let recorded = try call(
            handler, "mneme/feedback",
            #"{"retrieval_id":"\#(retrieval)","feedback":[{"id":"a","kind":"referenced"}]}"#)
        #expect((recorded["result"] as? [String: Any])?["recorded"] as? Int == 1)
        let explained = try #require(
            try call(handler, "mneme/explain", #"{"retrieval_id":"\#(retrieval)"}"#)["result"]
                as? [String: Any])
        let parts = try #require(
            (explained["memories"] as? [[String: Any]])?.first?["parts"] as? [[String: Any]])
        let score = try #require((explained["memories"] as? [[String: Any]])?.first?["score"] as? Double)
        #expect(abs(parts.reduce(0.0) { $0 + ($1["value"] as? Double ?? 0) } - score) < 1e-4)
    }

    @Test func splitFramesCRLFBlankLinesAndEndOfFile() throws {
        let (input, output) = (Pipe(), Pipe())
        let server = StdioServer(
            handler: try handler(), input: input.fileHandleForReading.fileDescriptor,
            output: output.fileHandleForWriting.fileDescriptor)
        let thread = Thread {
            server.run()
            try? output.fileHandleForWriting.close()
        }
        thread.start()
        for piece in [
            #"{"jsonrpc":"2.0","#, #""id":1,"method":"status"}"#, "\r\n\n  \n",
            #"[{"jsonrpc":"2.0","id":2,"method":"status"},7]"#, "\n",
        ] {
            input.fileHandleForWriting.write(Data(piece.utf8))
            usleep(2000)
        }
        try input.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines.contains { $0.hasPrefix("[") && $0.contains("-32600") }
                && lines.contains { $0.contains("\"id\":1,") })
    }

    @Test(arguments: [
        (#"[{"id":"e"}]"#, "paths[0] is an object; allowed: an array of hops"),
        (#"[[{"kind":"entity"}]]"#, "id is missing"),
        (#"[[{"id":"e","kind":"thing"}]]"#, "paths[0][0].kind is \"thing\"; allowed: entity"),
        (#"[[{"id":"e","columns":{"path.nope@1":1}}]]"#, "paths[0][0].columns is path.nope@1"),
        (#"[[{"id":"e","columns":{"path.importance@1":"x"}}]]"#, "columns.path.importance@1 is \"x\""),
        ("[[]]", "paths[0] is 0 hops; allowed: 1 to 32 hops"),
    ])
    func aBadPathIsRefusedByItsPlace(paths: String, says: String) throws {
        let answer = try call(
            try handler(), "mneme/score", #"{"candidates":[{"id":"a"},{"id":"b","paths":\#(paths)}]}"#)
        #expect(code(answer) == -32602)
        #expect(message(answer).contains("candidates[1]") && message(answer).contains(says), "\(message(answer))")
    }

    @Test func pathsComeBackWhereTheAnswerIsExplained() throws {
        let answer = try call(
            try handler(), "mneme/score",
            #"{"explain":true,"candidates":[{"id":"a","paths":[[{"id":"x"},{"id":"y","kind":"memory","columns":{"path.relation@1":3}}]]}]}"#)
        let result = try #require(answer["result"] as? [String: Any], "\(answer)")
        let memory = try #require((result["memories"] as? [[String: Any]])?.first)
        let path = try #require((memory["paths"] as? [[String: Any]])?.first)
        #expect(path["hops"] as? [String] == ["x", "y"])
        // The floor reads no paths.
        #expect((path["scores"] as? [String: Any])?.isEmpty == true)
    }

    @Test func thousandsOfDamagedFramesNeverCrash() throws {
        let handler = try handler()
        let seeds = [
            #"{"jsonrpc":"2.0","id":"r","method":"score","params":{"candidate_ids":["a","b"],"context_embedding":[1,0,0,0],"candidate_embeddings":[[1,2,3,4],null]}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"mneme/search","params":{"query":"x","limit":3,"remember":false}}"#,
        ].map { Array($0.utf8) }
        var state: UInt64 = 3
        func next() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        for round in 0..<3000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0...(next() % 3) { bytes[next() % bytes.count] = UInt8(truncatingIfNeeded: next()) }
            _ = handler.answer(bytes)
        }
    }
}
