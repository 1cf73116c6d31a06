import Foundation
import Testing

@testable import Engine

/// The figures of data/BASELINES.md, computed again by our own code. Skipped without the data.
@Suite struct BaselineFiguresTests {
    static let data = ProcessInfo.processInfo.environment["MNEME_DATA"] ?? "/work/shared/data"
    static func isHere(_ set: String) -> Bool { FileManager.default.fileExists(atPath: "\(data)/\(set)") }

    /// Half a unit of the third decimal, and what rounding to four left open.
    static let tolerance = 0.00055

    private func expect(
        _ table: ComparisonTable, _ ranker: String, _ metrics: [String], _ figures: [Double], within tolerance: Double = tolerance,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let row = try #require(table.rows.first { $0.ranker == ranker }, "\(table.rows.map(\.ranker))", sourceLocation: location)
        for (metric, wanted) in zip(metrics, figures) {
            let found = try #require(row.figures.first { $0.metric == metric }, "\(metric)", sourceLocation: location)
            #expect(abs(found.mean - wanted) <= tolerance, "\(ranker) \(metric): \(found.mean), not \(wanted)", sourceLocation: location)
        }
    }

    private func stream(_ name: String) throws -> ComparisonTable {
        var evaluation = StreamEvaluation(file: "\(Self.data)/seqrec/\(name)/dev/events.tsv.gz")
        // Means alone are compared: resampling is for the figures of a report.
        evaluation.comparison.resamples = 100
        return try evaluation.run { _, _ in }
    }

    static let streamMetrics = ["HR@5", "HR@10", "MRR@10", "MRR", "DCG@10"]

    @Test(.enabled(if: isHere("seqrec/wikipedia"), "no data/seqrec here")) func editsOfWikipedia() throws {
        let table = try stream("wikipedia")
        #expect(table.queries == 15747)
        for (ranker, figures) in [
            ("popularity", [0.0532, 0.0696, 0.0308, 0.0384, 0.0399]),
            ("decayed popularity (0.95/day)", [0.0627, 0.0865, 0.0342, 0.0426, 0.0466]),
            ("user recency + backoff", [0.8789, 0.8907, 0.8315, 0.8326, 0.8462]),
            ("user frequency + backoff", [0.8360, 0.8825, 0.6999, 0.7015, 0.7448]),
            ("user Σ0.95^age + backoff", [0.8569, 0.8866, 0.7296, 0.7311, 0.7685]),
            ("importance·0.95^age + backoff", [0.8603, 0.8881, 0.7457, 0.7470, 0.7811]),
            ("Markov-1 + backoff", [0.8546, 0.8695, 0.8204, 0.8219, 0.8323]),
        ] { try expect(table, ranker, Self.streamMetrics, figures) }
        let strata = try #require(table.strata)
        #expect(strata.queries == [618, 891, 1090, 3143, 10005])
        let recency = try #require(strata.rows.first { $0.ranker == "user recency + backoff" })
        let wanted = [(0.089, 0.050), (0.780, 0.756), (0.818, 0.790), (0.905, 0.864), (0.954, 0.904)]
        for (place, (hits, gain)) in wanted.enumerated() {
            #expect(abs((recency.hitRate10[place]?.mean ?? 0) - hits) < 0.001)
            #expect(abs((recency.dcg10[place]?.mean ?? 0) - gain) < 0.001)
        }
    }

    @Test(.enabled(if: isHere("seqrec/collegemsg"), "no data/seqrec here")) func messagesOfACollege() throws {
        let table = try stream("collegemsg")
        #expect(table.queries == 5983)
        for (ranker, figures) in [
            ("popularity", [0.0110, 0.0216, 0.0046, 0.0126, 0.0085]),
            ("decayed popularity (0.95/day)", [0.0877, 0.1350, 0.0561, 0.0685, 0.0745]),
            ("user recency + backoff", [0.5689, 0.6172, 0.4399, 0.4457, 0.4831]),
            ("user frequency + backoff", [0.3137, 0.4466, 0.2044, 0.2186, 0.2611]),
            ("user Σ0.95^age + backoff", [0.4718, 0.5768, 0.3207, 0.3289, 0.3817]),
            ("importance·0.95^age + backoff", [0.5029, 0.5932, 0.3465, 0.3538, 0.4057]),
            ("Markov-1 + backoff", [0.3804, 0.4118, 0.3498, 0.3578, 0.3644]),
        ] { try expect(table, ranker, Self.streamMetrics, figures) }
        #expect(table.strata?.queries == [68, 183, 367, 1559, 3806])
    }
}
