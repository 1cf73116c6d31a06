import Engine
import Server

/// A gate's subsets, what it learned of each scorer, its confidence, and what trust does to liars.
struct GateText {
    var width: Int
    var style: Style

    func text(_ table: JointGateEvaluation.Table, method: String) -> String {
        var text = ranking(table) + "\n" + weights(table) + "\n" + reliability(table) + "\n" + trust(table)
        let note =
            "\(table.worlds) worlds, \(Figures.count(table.lists)) lists, \(Figures.count(table.emptyLists)) of them with nothing "
            + "relevant · \(Figures.duration(seconds: table.seconds)) · \(method)"
        for line in Plain.line(note).wrapped(to: width) { text += style.dim(line) + "\n" }
        return text
    }

    /// HR@5, MRR@5 and DCG@5 of everybody, intervals of DCG@5.
    private func ranking(_ table: JointGateEvaluation.Table) -> String {
        var grid = TextTable([
            ("HR@5 MRR@5 DCG@5", .left), ("best single", .right), ("plain mean", .right), ("gate", .right), ("oracle", .right),
            ("gate ÷ best", .right), ("ΔDCG@5", .right),
        ])
        for subset in table.subsets {
            func means(_ values: SubsetFigures.Values) -> String {
                values.map { Figures.decimal($0.mean, 3) }.joined(separator: " ")
            }
            func interval(_ values: SubsetFigures.Values) -> String {
                values.last.map { "\(Figures.decimal($0.low, 3))–\(Figures.decimal($0.high, 3))" } ?? ""
            }
            grid.add([
                subset.scorers.joined(separator: " + "), means(subset.single), means(subset.plainMean), means(subset.gate),
                means(subset.oracle), Figures.decimal(subset.ratio, 4), Figures.signed(Float(subset.difference.mean), 3),
            ])
            grid.add([
                "  \(Figures.count(subset.lists)) lists, best: \(subset.bestSingle)", interval(subset.single),
                interval(subset.plainMean), interval(subset.gate), interval(subset.oracle), "",
                "\(Figures.signed(Float(subset.difference.low), 3)) \(Figures.signed(Float(subset.difference.high), 3))",
            ])
        }
        return grid.text(width: max(width, 150), style: style)
    }

    private func weights(_ table: JointGateEvaluation.Table) -> String {
        var grid = TextTable(
            [("mean weight of", .left)] + table.scorers.map { ($0, .right) }
                + [("confidence AUC", .right), ("calibration error", .right)])
        for subset in table.subsets {
            let weights = table.scorers.map { id in
                subset.scorers.firstIndex(of: id).map { Figures.decimal(subset.weights[$0], 3) } ?? ""
            }
            grid.add(
                [subset.scorers.joined(separator: " + ")] + weights + [
                    subset.confidenceArea.map { Figures.decimal($0, 3) } ?? "-",
                    Figures.decimal(subset.calibration.expectedError, 4),
                ])
        }
        return grid.text(width: max(width, 100), style: style)
    }

    private func reliability(_ table: JointGateEvaluation.Table) -> String {
        var grid = TextTable([
            ("confidence of all", .left), ("lists", .right), ("said", .right), ("something was relevant", .right),
        ])
        for bin in table.subsets.last?.calibration.bins ?? [] {
            grid.add([
                "\(Figures.decimal(bin.low, 3))–\(Figures.decimal(bin.high, 3))", Figures.count(bin.count),
                Figures.decimal(bin.predicted, 3), Figures.decimal(bin.observed, 3),
            ])
        }
        return grid.text(width: width, style: style)
    }

    private func trust(_ table: JointGateEvaluation.Table) -> String {
        var grid = TextTable([
            ("starts to lie", .left), ("weight before", .right), ("turns until a tenth, half of users", .right),
            ("the slowest", .right), ("an honest one keeps", .right),
        ])
        for figures in table.trust {
            func turns(_ count: Int?) -> String { count.map(String.init) ?? "not in \(TrustFigures.lyingTurns)" }
            grid.add([
                figures.scorer, Figures.decimal(figures.weightBefore, 3), turns(figures.median), turns(figures.slowest),
                Figures.decimal(figures.leastHonest, 2),
            ])
        }
        return grid.text(width: max(width, 100), style: style)
    }
}

extension JointGateEvaluation.Table {
    func json(method: String) -> JSONValue {
        .object([
            ("holds", .bool(holds)), ("is_calibrated", .bool(isCalibrated)), ("worlds", .integer(Int64(worlds))),
            ("lists", .integer(Int64(lists))), ("empty_lists", .integer(Int64(emptyLists))), ("seconds", .number(seconds)),
            ("interval_method", .string(method)), ("subsets", .array(subsets.map(\.json))), ("trust", .array(trust.map(\.json))),
        ])
    }
}

extension SubsetFigures {
    fileprivate var json: JSONValue {
        func value(_ value: PlantedEvaluation.Value) -> JSONValue {
            .object([("mean", .number(value.mean)), ("low", .number(value.low)), ("high", .number(value.high))])
        }
        func metrics(_ values: Values) -> JSONValue {
            .object(zip(PlantedEvaluation.Metric.allCases, values).map { ($0.rawValue, value($1)) })
        }
        let bins = calibration.bins.map { bin in
            JSONValue.object([
                ("low", .number(bin.low)), ("high", .number(bin.high)), ("lists", .integer(Int64(bin.count))),
                ("predicted", .number(bin.predicted)), ("observed", .number(bin.observed)),
            ])
        }
        return .object([
            ("scorers", .array(scorers.map { .string($0) })), ("lists", .integer(Int64(lists))), ("best_single", .string(bestSingle)),
            ("single", metrics(single)), ("plain_mean", metrics(plainMean)), ("gate", metrics(gate)), ("oracle", metrics(oracle)),
            ("ratio", .number(ratio)), ("dcg5_difference", value(difference)),
            ("weights", .object(zip(scorers, weights).map { ($0, .number($1)) })),
            ("confidence_auc", confidenceArea.map { .number($0) } ?? .null),
            ("calibration_error", .number(calibration.expectedError)), ("reliability", .array(bins)),
        ])
    }
}

extension TrustFigures {
    fileprivate var json: JSONValue {
        func turns(_ count: Int?) -> JSONValue { count.map { .integer(Int64($0)) } ?? .null }
        return .object([
            ("scorer", .string(scorer)), ("weight_before", .number(weightBefore)), ("turns_median", turns(median)),
            ("turns_slowest", turns(slowest)), ("users", .integer(Int64(users))), ("least_honest", .number(leastHonest)),
        ])
    }
}
