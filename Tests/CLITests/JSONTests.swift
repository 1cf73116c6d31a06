import Engine
import Foundation
import Server
import Testing

@testable import mneme

/// The shapes that docs/operations.md promises.
@Suite struct JSONTests {
    @Test func searchIsOneObjectWithStableKeys() throws {
        let run = Run("search", "backups", "--json")
        #expect(run.output.count { $0 == "\n" } == 1)
        #expect(
            Set(run.object.keys) == [
                "retrieval_id", "memories", "scorers", "degraded", "confidence", "pool_count", "timings_ms",
            ])
        let memories = try #require(run.object["memories"] as? [[String: Any]])
        #expect(
            memories.map { Set($0.keys) }
                == Array(
                    repeating: [
                        "id", "position", "rank", "score", "tier", "dropped", "text", "author",
                        "created_at_ms", "why",
                        "parts", "paths", "propensity", "is_deterministic", "is_pinned", "sources",
                    ], count: 3))
        #expect(memories[2]["dropped"] as? String == "superseded")
        #expect(memories[2]["position"] is NSNull)
        #expect(run.error == "")
    }

    @Test func explainHasTheShapeOfSearch() {
        #expect(Run("explain", "r_7", "--json").output == Run("search", "x", "--json").output)
    }

    @Test func getPrintsTheMemoryWithItsMetadataAsWritten() throws {
        let run = Run("get", "m_1", "--json")
        #expect(
            run.output.hasPrefix(
                "{\"id\":\"m_1\",\"text\":\"We keep three backups.\",\"caption\":null,\"type\":\"rule\",\"author\":\"Ben\",\"importance\":0.8,\"is_pinned\":true,"
            ))
        #expect((run.object["metadata"] as? [String: Any])?["ticket"] as? Int == 7)
    }

    @Test func listsAreOneObjectPerLine() {
        for arguments in [["list", "--json"], ["plugin", "list", "--json"], ["bench", "score", "--json"]] {
            let lines = Run(arguments: arguments).output.split(separator: "\n")
            #expect(!lines.isEmpty)
            for line in lines { #expect(!Run.object(String(line)).isEmpty, "\(arguments): \(line)") }
        }
    }

    @Test func addPrintsTheIds() {
        #expect(Run("add", "text", "--json").output == "{\"added\":[\"m_new\"],\"unchanged\":[]}\n")
    }

    @Test func scoreIsLinesAndWithJSONOneObject() {
        let candidate = "{\"id\":\"a\"}"
        #expect(Run("score", "q", input: candidate).output.split(separator: "\n").count == 3)
        #expect(Run("score", "q", "--json", input: candidate).object["retrieval_id"] as? String == "r_7")
    }

    @Test func importIsAStreamOfEvents() {
        let run = Run("import", "-", "--json") {
            $0.importEvents = [.committed(memories: 3, events: 2), .rejected(line: 4, reason: "no text")]
        }
        #expect(
            run.output == """
                {"event":"committed","memories":3,"events":2}
                {"event":"rejected","line":4,"reason":"no text"}
                {"event":"summary","format":"jsonl","added":3,"unchanged":1,"rejected":0,"events":2,"statements":0,"seconds":0.5}

                """)
    }

    @Test func sequencesOfItemsAreOneObjectEach() throws {
        let eval = Run("eval", "sequence", "/tmp", "--json").object
        #expect(Set(eval.keys) == ["dataset", "users", "items", "events", "queries", "rows", "degraded"])
        let row = try #require((eval["rows"] as? [[String: Any]])?.first)
        #expect(Set(row.keys) == ["ranker", "full", "sampled", "ms_per_query"])
        let train = Run("train", "sequence", "/tmp", "--out", "/tmp/w.safetensors", "--json").object
        #expect(
            Set(train.keys) == [
                "dataset", "parameters", "sequences", "targets_per_epoch", "best_epoch", "seconds", "weights",
                "epochs",
            ])
        let epoch = try #require((train["epochs"] as? [[String: Any]])?.first)
        #expect(epoch["is_best"] as? Bool == true && (epoch["full"] as? [String: Any])?["ndcg10"] as? Double == 0.01)
    }

    @Test func trainingOnSequencesPrintsALinePerEpoch() {
        let run = Run("train", "sequence", "/tmp", "--out", "/tmp/w.safetensors", "--width", "32")
        #expect(run.output.contains("epoch 1/40  loss 9.5000"))
        #expect(run.output.contains("best epoch 1, 11 s; wrote /tmp/w.safetensors"))
        #expect(Run("train", "sequence", "/nowhere", "--out", "/tmp/w").status == 66)
        #expect(Run("train", "sequence", "/tmp", "--out", "/tmp/w", "--resume").status == 64)
        #expect(Run("eval", "sequence", "/tmp", "--tier", "inline").status == 64)
    }

    @Test func smallResultsAreOneObject() {
        #expect(
            Run("init", "--json", "--db", "/d").output
                == #"{"database":"/d","is_new_database":true,"configuration":null,"is_new_configuration":false}"#
                + "\n")
        #expect(
            Run("forget", "m_1", "--json").output == #"{"forgotten":1,"requested":1,"is_hard":false}"# + "\n")
        #expect(Run("feedback", "r_7", "--hit", "m_1", "--json").output == #"{"recorded":1}"# + "\n")
        #expect(Run("columns", "--json").object["markdown"] is String)
        #expect(Run("completions", "fish", "--json").object["shell"] as? String == "fish")
        #expect(Run("doctor", "--json").object["is_healthy"] as? Bool == true)
        #expect(
            Run("plugin", "info", "x.so", "--json").object["heads"] as? [String] == [
                "relevance over candidate"
            ])
    }

    @Test func evaluationKeepsEveryInterval() throws {
        let rows = try #require(Run("eval", "retrieval", "/tmp", "--json").object["rows"] as? [[String: Any]])
        let metrics = try #require(rows[0]["metrics"] as? [[String: Any]])
        #expect(metrics[0]["name"] as? String == "R@5")
        #expect(metrics[0]["low"] as? Double == 0.44)
    }

    @Test func pathsAreMeasuredWithIntervalsAndTrainedWithASummary() throws {
        let table = Run("eval", "paths", "/data", "--set", "umls", "--weights", "w", "--json")
        #expect(table.seen.calls.contains("eval paths /data umls w"))
        let rows = try #require(table.object["rows"] as? [[String: Any]])
        #expect((rows[0]["metrics"] as? [[String: Any]])?.map { $0["name"] as? String } == ["MRR", "H@1", "H@3", "HR@5", "H@10", "DCG@10"])
        #expect(rows[0]["ms_per_query"] as? Double == 3.5 && rows[1]["ms_per_query"] is NSNull)
        let trained = Run("train", "paths", "/data", "--out", "w.safetensors", "--size", "tiny", "--epochs", "3", "--json")
        #expect(trained.seen.calls.contains("train paths /data tiny 3 w.safetensors"))
        #expect(trained.object["weights"] as? String == "w.safetensors")
    }

    @Test func aColumnThatNoPathHasCantBeWithheld() {
        #expect(Run("eval", "paths", "/data", "--without", "path.colour@1").status == RunStatus.usage.rawValue)
        #expect(Run("eval", "paths", "/data", "--without", "path.relation@1", "--without", "query.relation@1").status == 0)
    }

    @Test func plantedPathsAreMeasuredPatternByPatternAndTrainedWithACurve() throws {
        let table = Run("eval", "planted-paths", "--worlds", "50", "--weights", "w", "--json")
        #expect(table.seen.calls.contains("eval planted-paths 50 w"))
        let rows = try #require(table.object["rows"] as? [[String: Any]])
        #expect(rows[0]["parameters"] is NSNull && rows[1]["columns"] as? String == "all")
        let cell = try #require((rows[1]["patterns"] as? [[String: Any]])?.first)
        #expect(cell["pattern"] as? String == "order" && cell["twin_top1"] as? Double == 0.06)
        #expect((cell["top1"] as? [String: Any])?["low"] as? Double == 0.95)
        #expect(Run("eval", "planted-paths").output.contains("top-1, columns: all"))
        let trained = Run("train", "planted-paths", "--out", "w.safetensors", "--size", "tiny", "--steps", "9", "--seed", "4", "--json")
        #expect(trained.seen.calls.contains("train planted-paths tiny 9 4 w.safetensors"))
        #expect((trained.object["held_out"] as? [[String: Any]])?.first?["update"] as? Int == 5625)
    }

    @Test func aGateIsMeasuredSubsetBySubsetAndTrainedWithItsPin() throws {
        let table = Run("eval", "gate", "gate.json", "--mamba", "m", "--paths", "p", "--worlds", "50", "--json")
        #expect(table.status == 0 && table.seen.calls.contains("eval gate gate.json m p 50"))
        let subset = try #require((table.object["subsets"] as? [[String: Any]])?.first)
        #expect(subset["ratio"] as? Double == 1.1 && (subset["weights"] as? [String: Double])?["mamba"] == 0.6)
        #expect((subset["reliability"] as? [[String: Any]])?.count == 2)
        #expect((table.object["trust"] as? [[String: Any]])?.first?["turns_slowest"] is NSNull)
        #expect(Run("eval", "gate", "gate.json", "--mamba", "m", "--paths", "p").output.contains("not in 150"))
        #expect(Run("eval", "gate", "bad.json", "--mamba", "m", "--paths", "p").status == 1)
        let trained = Run("train", "gate", "--out", "g.json", "--mamba", "m", "--paths", "p", "--worlds", "9", "--seed", "4", "--json")
        #expect(trained.seen.calls.contains("train gate m p 9 4 g.json"))
        #expect(trained.object["sha256"] as? String == "ab" && trained.object["best_update"] as? Int == 2700)
    }

    @Test func parityBeyondALimitFails() throws {
        func run(_ error: Double) -> Run {
            Run("eval", "golden", "/tmp", "--json") {
                $0.golden.rows[0].outputs = .init(
                    tensor: "out.y", error: error, limit: 1e-5, isGradient: false)
            }
        }
        #expect(run(1e-6).status == 0)
        #expect(run(1e-4).status == 1)
        let rows = try #require(run(.infinity).object["rows"] as? [[String: Any]])
        #expect((rows[0]["outputs"] as? [String: Any])?["error"] is NSNull)
    }

    @Test func twoWaysThatDifferFail() throws {
        func run(_ error: Double) -> Run {
            Run("eval", "equivalence", "--path", "6", "--json") { $0.equivalence[0].error = error }
        }
        #expect(run(1e-7).status == 0)
        let failed = run(.nan)
        #expect(failed.status == 1 && failed.object["is_within"] as? Bool == false)
        #expect(failed.seen.calls == ["eval equivalence 64 [6]"])
    }

    @Test func trainingIsOneObject() throws {
        let report = Run("train", "task", "induction", "--json").object
        #expect(report["block"] as? String == "mamba" && report["steps"] as? Int == 1500)
        let accuracies = try #require(report["accuracies"] as? [[String: Any]])
        #expect(accuracies.map { $0["length"] as? Int } == [64, 1024])
        #expect(accuracies[1]["accuracy"] as? Double == 0.99609375)
    }

    @Test func stringsAreEscapedAndNumbersStayJSON() {
        let value = JSONValue.array([
            .string("a\"\\\n\u{1}\u{2028}ä"), .single(.nan), .number(.infinity), .single(0.1), .integer(-3),
            .null,
        ])
        #expect(value.line == #"["a\"\\\n\u0001\u2028ä",null,null,0.1,-3,null]"#)
    }
}
