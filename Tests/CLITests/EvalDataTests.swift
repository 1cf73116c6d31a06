import Foundation
import Testing

@testable import mneme

/// `mneme eval data`: what it passes on, prints and writes.
@Suite struct EvalDataTests {
    @Test func optionsArriveAsTheyWereGiven() {
        let run = Run(
            "eval", "data", "/tmp", "--weights", "/dev/null", "--tier", "process", "--seed", "3", "--resamples", "100")
        #expect(run.status == 0)
        #expect(run.seen.calls.contains("eval data /tmp /dev/null process - 3 100"))
    }

    @Test func whatIsMissingIsNamed() {
        #expect(Run("eval", "data", "/nowhere").status == 66)
        let run = Run("eval", "data", "/tmp", "--plugins", "/nowhere.json")
        #expect(run.status == 66 && run.error.contains("/nowhere.json"))
        #expect(Run("eval", "data", "/tmp", "--resamples", "5").status == 64)
        #expect(Run("eval", "data", "/tmp", "--force").status == 64)
        #expect(Run("eval", "retrieval", "/tmp", "--plugins", "/nowhere.json").status == 66)
    }

    @Test func everyMetricIsATableOfPairedDifferences() {
        #expect(
            Run("eval", "data", "/tmp").output == """
                data/mini (stream)
                what comes next; 1,200 queries, 40 users · 95 % BCa

                DCG@10         mean  95 % interval  against best baseline      95 % interval       p  detectable
                recency <1>  0.4000  0.3900–0.4100          best baseline
                mamba        0.4500  0.4400–0.4600                +0.0500  +0.0300 – +0.0700  <0.001           -

                HR@10  0 (0)    >50 (1,200)  better from
                mamba      -  0.500 +0.050*          >50

                DCG@10  0 (0)    >50 (1,200)  better from
                mamba       -  0.450 +0.050*          >50
                \(ComparisonFigures.strataNote.wrapped(to: 80).joined(separator: "\n"))
                degraded: mamba: late

                """)
    }

    @Test func jsonKeepsEveryFigure() throws {
        let table = Run("eval", "data", "/tmp", "--json").object
        #expect(
            Set(table.keys) == ["dataset", "kind", "task", "queries", "unit", "units", "interval_method", "rows", "strata"])
        let rows = try #require(table["rows"] as? [[String: Any]])
        let metric = try #require((rows[1]["metrics"] as? [[String: Any]])?.first)
        let difference = try #require(metric["difference"] as? [String: Any])
        #expect(difference["p"] as? Double == 0.0004 && difference["smallest_detectable"] is NSNull)
        #expect(((rows[0]["metrics"] as? [[String: Any]])?.first)?["difference"] is NSNull)
        let strata = try #require(table["strata"] as? [String: Any])
        #expect(((strata["rows"] as? [[String: Any]])?.first)?["crossover"] as? String == ">50")
    }

    @Test func theReportIsWrittenOnceAndReplacedOnlyByForce() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mneme-report-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("report.html").path
        let arguments = ["eval", "data", "/tmp", "--html", path, "--now", "2026-11-21", "--note", "commit <abc>"]
        #expect(Run(arguments: arguments).status == 0)
        let page = try String(contentsOfFile: path, encoding: .utf8)
        for text in ["2026-11-21T00:00:00Z", "mneme eval data /tmp", "commit &lt;abc&gt;", "recency &lt;1&gt;", "+0.0500", "Cold start"] {
            #expect(page.contains(text), "\(text)")
        }
        let refused = Run(arguments: arguments)
        #expect(refused.status == 73 && refused.seen.calls.isEmpty, "before the long work")
        #expect(Run(arguments: arguments + ["--force"]).status == 0)
    }
}
