/// Rankers beside one another on the same queries: every figure with its interval, its difference from the best baseline, and
/// what such a sample could have shown at all.
package struct ComparisonTable: Sendable {
    /// Against the baseline that is best by this very metric.
    package struct Difference: Sendable, Equatable {
        package var baseline: String
        package var mean, low, high: Double
        /// Two-sided, from the sign-flip test.
        package var p: Double
        /// With 80 % power at α = 0.05, in the metric's units; ∞ of fewer than two clusters.
        package var smallestDetectable: Double

        package init(baseline: String, mean: Double, low: Double, high: Double, p: Double, smallestDetectable: Double) {
            self.baseline = baseline
            (self.mean, self.low, self.high) = (mean, low, high)
            self.p = p
            self.smallestDetectable = smallestDetectable
        }
    }

    package struct Figure: Sendable, Equatable {
        package var metric: String
        package var mean, low, high: Double
        /// nil of the best baseline itself, and where there is none.
        package var difference: Difference?

        package init(metric: String, mean: Double, low: Double, high: Double, difference: Difference? = nil) {
            self.metric = metric
            (self.mean, self.low, self.high) = (mean, low, high)
            self.difference = difference
        }
    }

    package struct Row: Sendable, Equatable {
        package var ranker: String
        package var isBaseline: Bool
        package var figures: [Figure]
        /// nil = not timed.
        package var millisecondsPerQuery: Double?
        /// Who really scored, where a host was asked.
        package var scorers: [String]
        package var degraded: [String]

        package init(
            ranker: String, isBaseline: Bool, figures: [Figure], millisecondsPerQuery: Double?, scorers: [String],
            degraded: [String]
        ) {
            self.ranker = ranker
            self.isBaseline = isBaseline
            self.figures = figures
            self.millisecondsPerQuery = millisecondsPerQuery
            self.scorers = scorers
            self.degraded = degraded
        }
    }

    /// Cold start: the same figures by how much was known of the user.
    package struct Strata: Sendable, Equatable {
        /// "1–3" earlier events.
        package var names: [String]
        /// Queries of each.
        package var queries: [Int]
        package var rows: [StratumRow]

        package init(names: [String], queries: [Int], rows: [StratumRow]) {
            self.names = names
            self.queries = queries
            self.rows = rows
        }
    }

    package struct StratumRow: Sendable, Equatable {
        package var ranker: String
        /// nil where a stratum has no query.
        package var hitRate10, dcg10: [Figure?]
        /// From which stratum on DCG@10 beats the baseline that is best over all strata; nil = from none.
        package var crossover: String?

        package init(ranker: String, hitRate10: [Figure?], dcg10: [Figure?], crossover: String? = nil) {
            self.ranker = ranker
            (self.hitRate10, self.dcg10) = (hitRate10, dcg10)
            self.crossover = crossover
        }
    }

    /// The folder's path, and the part where it has several.
    package var dataset: String
    /// What the folder was recognised as.
    package var kind: String
    /// What is ranked, and what counts.
    package var task: String
    package var queries: Int
    /// What intervals and tests take as independent, for example "questions", and their number.
    package var unit: String
    package var units: Int
    package var intervalMethod: String
    package var rows: [Row]
    package var strata: Strata?

    package init(
        dataset: String, kind: String, task: String, queries: Int, unit: String, units: Int, intervalMethod: String,
        rows: [Row], strata: Strata? = nil
    ) {
        self.dataset = dataset
        self.kind = kind
        self.task = task
        self.queries = queries
        self.unit = unit
        self.units = units
        self.intervalMethod = intervalMethod
        self.rows = rows
        self.strata = strata
    }
}
