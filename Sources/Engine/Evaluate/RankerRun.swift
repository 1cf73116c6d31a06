import Evaluation

/// What one ranker made of the queries: a value per metric and query.
struct RankerRun: Sendable {
    var name: String
    /// Others are compared with the best of these.
    var isBaseline: Bool
    /// [metric][query], the metrics in the order of the comparison.
    var values: [[Double]]
    var millisecondsPerQuery: Double?
    var scorers: [String] = []
    var degraded: [String] = []

    init(_ name: String, isBaseline: Bool, values: [[Double]], millisecondsPerQuery: Double? = nil) {
        self.name = name
        self.isBaseline = isBaseline
        self.values = values
        self.millisecondsPerQuery = millisecondsPerQuery
    }

    init(
        _ name: String, isBaseline: Bool, _ queries: [RankedQuery], _ metrics: [RankingMetric],
        millisecondsPerQuery: Double? = nil
    ) {
        self.init(
            name, isBaseline: isBaseline, values: metrics.map { queries.map($0.value) },
            millisecondsPerQuery: millisecondsPerQuery)
    }
}
