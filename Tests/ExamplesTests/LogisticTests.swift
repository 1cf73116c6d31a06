import Host
import Testing

/// Examples/c.
@Suite(Tool.needs(.c)) struct LogisticTests {
    private static let columns = [
        "text.coverage@1", "vector.cosine@1", "memory.importance@1", "memory.log_age_days@1",
    ]
    private static let row: [String: Float] = [
        "text.coverage@1": 0.5, "vector.cosine@1": 0.25, "memory.importance@1": 0.8,
        "memory.log_age_days@1": 2,
    ]

    @Test func theLogitIsTheWeightedSumAndItsPartsSaySo() throws {
        let host = try serve(try example("c/logistic.so"), offering: Self.columns)
        try #require(host.refusal == nil, "\(String(describing: host.refusal))")
        let turn = host.score([Self.row, [:]])
        #expect(turn.answeredBy == ["x 1.0.0"] && turn.degraded.isEmpty)
        // −2 + 3 · 0.5 + 2 · 0.25 + 0.8 − 0.2 · 2, and the bias alone.
        #expect(turn.scores.isClose(to: [0.4, -2]))
        #expect(turn.parts[0].map(\.name) == ["bias"] + Self.columns)
        #expect(turn.parts[0].map(\.value).isClose(to: [-2, 1.5, 0.5, 0.8, -0.4]))
    }

    @Test func optionsSetTheWeights() throws {
        let options = ", \"options\": { \"bias\": 0, \"textWeight\": 10, \"ageWeight\": 0 }"
        let host = try serve(try example("c/logistic.so"), options, offering: Self.columns)
        #expect(host.score([Self.row]).scores.isClose(to: [6.3]))
    }

    @Test func anOptionalColumnThatIsNotOfferedCountsAsZero() throws {
        let host = try serve(try example("c/logistic.so"), offering: ["text.coverage@1"])
        #expect(host.score([Self.row]).scores.isClose(to: [-0.5]))
    }

    /// "monotone" stands in the manifest, so a weight that would break it is refused.
    @Test func aWeightThatWouldBreakThePromiseIsRefused() throws {
        let host = try serve(
            try example("c/logistic.so"), ", \"options\": { \"textWeight\": -1 }", offering: Self.columns)
        #expect(host.refusal?.step == .options)
    }
}
