import Engine

/// A comparison's figures as cells, the same on a terminal and in a report.
enum ComparisonFigures {
    static let columns = ["ranker", "mean", "95 % interval", "against best baseline", "95 % interval", "p", "detectable"]

    static func cells(_ row: ComparisonTable.Row, metric: Int) -> [String] {
        let figure = row.figures[metric]
        guard let difference = figure.difference else {
            return [row.ranker, Figures.decimal(figure.mean, 4), interval(figure.low, figure.high), row.isBaseline ? "best baseline" : "", "", "", ""]
        }
        return [
            row.ranker, Figures.decimal(figure.mean, 4), interval(figure.low, figure.high), signed(difference.mean),
            "\(signed(difference.low)) – \(signed(difference.high))", probability(difference.p),
            difference.smallestDetectable.isFinite ? Figures.decimal(difference.smallestDetectable, 4) : "-",
        ]
    }

    /// "0.871 +0.013*": one stratum's mean, its difference from the baseline, and whether that excludes zero.
    static func cell(_ figure: ComparisonTable.Figure?) -> String {
        guard let figure else { return "-" }
        let mean = Figures.decimal(figure.mean, 3)
        guard let difference = figure.difference else { return mean }
        let isShown = difference.low > 0 || difference.high < 0
        return "\(mean) \(Figures.signed(Float(difference.mean), 3))\(isShown ? "*" : " ")"
    }

    static func facts(_ table: ComparisonTable) -> String {
        "\(Figures.count(table.queries)) queries, \(Figures.count(table.units)) \(table.unit) · \(table.intervalMethod)"
    }

    static let strataNote =
        "Columns: earlier events of the user, and how many queries. Each cell: mean, difference from the best baseline, * = its "
        + "95 % interval excludes zero. Better from: the first column from which DCG@10 is above the baseline and never below it later."

    static func strataTitle(_ strata: ComparisonTable.Strata, _ place: Int) -> String {
        "\(strata.names[place]) (\(Figures.count(strata.queries[place])))"
    }

    private static func interval(_ low: Double, _ high: Double) -> String {
        "\(Figures.decimal(low, 4))–\(Figures.decimal(high, 4))"
    }

    private static func signed(_ value: Double) -> String { Figures.signed(Float(value), 4) }

    private static func probability(_ p: Double) -> String { p < 0.001 ? "<0.001" : Figures.decimal(p, 3) }
}

extension ComparisonTable {
    /// Which figure selects: DCG@10 where it is measured.
    var selection: Int { rows.first?.figures.firstIndex { $0.metric == "DCG@10" } ?? 0 }
}
