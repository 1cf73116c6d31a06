import Engine
import Server

/// One line per ranker: the figures of both protocols, the intervals under them.
struct SequenceText {
    var width: Int
    var style: Style

    func text(_ table: SequenceEvaluation.Table) -> String {
        let full = table.rows.first?.full.map { "full \($0.name)" } ?? []
        let sampled = table.rows.first?.sampled.map { "1+100 \($0.name)" } ?? []
        var grid = TextTable(
            [("ranker", .left)] + (full + sampled).map { ($0, .right) } + [("ms/query", .right)])
        for row in table.rows {
            let metrics = row.full + row.sampled
            grid.add(
                [row.ranker] + metrics.map { Figures.decimal($0.mean, 4) }
                    + [Figures.decimal(row.millisecondsPerQuery, 3)])
            grid.add(
                [""] + metrics.map { "\(Figures.decimal($0.low, 3))–\(Figures.decimal($0.high, 3))" } + [""])
        }
        let facts =
            "\(table.dataset): \(Figures.count(table.users)) users, \(Figures.count(table.items)) items, "
            + "\(Figures.count(table.events)) events, \(Figures.count(table.queries)) targets · "
            + "last item left out; full: all items but the user's others; 1+100: sampled rivals · 95 % BCa"
        var text = grid.text(width: width, style: style) + "\n"
        for line in Plain.line(facts).wrapped(to: width) { text += style.dim(line) + "\n" }
        for reason in table.degraded {
            for line in Plain.line("degraded: \(reason)").wrapped(to: width) { text += style.yellow(line) + "\n" }
        }
        return text
    }
}

extension SequenceEvaluation.Table {
    var json: JSONValue {
        .object([
            ("dataset", .string(dataset)), ("users", .integer(Int64(users))),
            ("items", .integer(Int64(items))), ("events", .integer(Int64(events))),
            ("queries", .integer(Int64(queries))), ("rows", .array(rows.map(\.json))),
            ("degraded", JSONValue(degraded)),
        ])
    }
}

extension SequenceEvaluation.Row {
    fileprivate var json: JSONValue {
        func list(_ metrics: [SequenceEvaluation.Metric]) -> JSONValue {
            .array(
                metrics.map {
                    .object([
                        ("name", .string($0.name)), ("mean", .number($0.mean)), ("low", .number($0.low)),
                        ("high", .number($0.high)),
                    ])
                })
        }
        return .object([
            ("ranker", .string(ranker)), ("full", list(full)), ("sampled", list(sampled)),
            ("ms_per_query", .number(millisecondsPerQuery)),
        ])
    }
}

/// A line per epoch, and one at the end.
struct SequenceTrainingText {
    func line(_ epoch: SequenceTraining.Epoch, of epochs: Int) -> String {
        var parts = [
            "epoch \(epoch.number)/\(epochs)", "loss \(Figures.decimal(epoch.loss, 4))",
            "\(Figures.count(Int(epoch.positionsPerSecond))) events/s",
        ]
        if let full = epoch.full, let sampled = epoch.sampled {
            parts.append(
                "held out: full HR@10 \(Figures.decimal(full.hitRate10, 4)) nDCG@10 \(Figures.decimal(full.ndcg10, 4)), "
                    + "1+100 HR@10 \(Figures.decimal(sampled.hitRate10, 4)) nDCG@10 \(Figures.decimal(sampled.ndcg10, 4))"
                    + (epoch.isBest ? " *" : ""))
        }
        parts.append("\(Figures.duration(seconds: epoch.secondsLeft)) left")
        return parts.joined(separator: "  ")
    }

    func summary(_ result: SequenceTraining.Result) -> String {
        "\(result.dataset): \(Figures.count(result.parameters)) parameters, \(Figures.count(result.sequences)) sequences, "
            + "\(Figures.count(result.positions)) targets per epoch; best epoch \(result.best), "
            + "\(Figures.duration(seconds: result.seconds)); wrote \(result.path)"
    }
}

extension SequenceTraining.Result {
    var json: JSONValue {
        .object([
            ("dataset", .string(dataset)), ("parameters", .integer(Int64(parameters))),
            ("sequences", .integer(Int64(sequences))), ("targets_per_epoch", .integer(Int64(positions))),
            ("best_epoch", .integer(Int64(best))), ("seconds", .number(seconds)),
            ("weights", .string(path)), ("epochs", .array(epochs.map(\.json))),
        ])
    }
}

extension SequenceTraining.Epoch {
    fileprivate var json: JSONValue {
        func part(_ judgement: SequenceTraining.Judgement?) -> JSONValue {
            guard let judgement else { return .null }
            return .object([
                ("hr10", .number(judgement.hitRate10)), ("ndcg10", .number(judgement.ndcg10)),
            ])
        }
        return .object([
            ("epoch", .integer(Int64(number))), ("loss", .number(loss)),
            ("learning_rate", .number(learningRate)), ("events_per_second", .number(positionsPerSecond)),
            ("seconds", .number(seconds)), ("full", part(full)), ("sampled", part(sampled)),
            ("is_best", .bool(isBest)),
        ])
    }
}
