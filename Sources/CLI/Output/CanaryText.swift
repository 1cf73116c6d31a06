import Engine
import Server

/// Canary × ranker; then the levels of noise.
struct CanaryText {
    var width: Int
    var style: Style
    var together: Bool

    func text(_ report: CanaryStudy.Report) -> String {
        var text = ""
        if let level = report.levels.first(where: { $0.decibels == 20 }) ?? report.levels.first {
            text += table(level, report)
            text += reasons(level, report)
            if together, report.models.count > 1 { text += "\n" + summary(level, report) }
        }
        if report.levels.count > 1 { text += "\n" + curve(report) }
        let line = "\(report.worlds) worlds per canary and twin, seed \(report.seed), \(Figures.duration(seconds: report.seconds))"
        return text + style.dim(line) + "\n"
    }

    private func table(_ level: CanaryStudy.Level, _ report: CanaryStudy.Report) -> String {
        var grid = TextTable(
            [("canary", .left), ("", .left), ("asked", .right)] + report.rankers.map { ($0, .right) })
        for canary in PlantedCanary.allCases {
            let rows = level.rows.filter { $0.canary == canary }
            grid.add(
                [canary.number, canary.rawValue, (canary.isError ? "≤ " : "≥ ") + Figures.decimal(canary.threshold, 2)]
                    + rows.map { Figures.decimal($0.value, 2) + ($0.passes ? " ✓" : " ✗") })
            grid.add(["", style.dim("twin"), ""] + rows.map { Figures.decimal($0.twin, 2) + ($0.twinFails ? "  " : " !") })
        }
        grid.add(["", "passed", ""] + report.rankers.map { "\(level.passed($0)) of \(PlantedCanary.allCases.count)" })
        return grid.text(width: max(width, 60 + 14 * report.rankers.count), style: style)
    }

    /// Why a model misses one.
    private func reasons(_ level: CanaryStudy.Level, _ report: CanaryStudy.Report) -> String {
        level.rows.filter { report.models.contains($0.ranker) && (!$0.passes || !$0.twinFails) }.map { row in
            let interval = "\(Figures.decimal(row.low, 2))–\(Figures.decimal(row.high, 2))"
            let why = row.passes ? "its twin without the signal passes too" : row.objection ?? row.canary.statement
            return style.yellow("\(row.ranker) misses \(row.canary.number): \(Figures.decimal(row.value, 3)) (\(interval)); \(why)") + "\n"
        }.joined()
    }

    private func summary(_ level: CanaryStudy.Level, _ report: CanaryStudy.Report) -> String {
        var grid = TextTable([("canary", .left), ("mean", .right), ("worst", .right), ("margin of the worst", .right), ("passed", .right)])
        for canary in PlantedCanary.allCases {
            let rows = level.rows.filter { $0.canary == canary && report.models.contains($0.ranker) }
            guard let worst = rows.min(by: { $0.margin < $1.margin }) else { continue }
            grid.add([
                "\(canary.number) \(canary.rawValue)",
                Figures.decimal(rows.reduce(0) { $0 + $1.value } / Double(rows.count), 3), Figures.decimal(worst.value, 3),
                Figures.decimal(100 * worst.margin, 0) + " %", "\(rows.count { $0.passes }) of \(rows.count)",
            ])
        }
        return grid.text(width: width, style: style)
    }

    private func curve(_ report: CanaryStudy.Report) -> String {
        var grid = TextTable([("ranker", .left)] + report.levels.map { ("\(Int($0.decibels)) dB", .right) })
        for ranker in report.rankers {
            grid.add(["\(ranker), passed"] + report.levels.map { "\($0.passed(ranker))" })
            grid.add(
                ["  MRR@5, true labels"]
                    + report.levels.map { level in
                        level.ranking.first { $0.ranker == ranker }.map { Figures.decimal($0.reciprocalRank, 3) } ?? ""
                    })
        }
        var text = grid.text(width: width, style: style)
        for model in report.models {
            let floor = report.noiseFloor(model).map { "\(Int($0)) dB" } ?? "below \(Int(report.levels.map(\.decibels).min() ?? 0)) dB"
            let robust = report.isRobust(model).map { $0 ? "yes" : "no" } ?? "not measured"
            text += "\(model): 002-5, at 10 dB at least 70 % of what it finds at 20: \(robust); noise floor \(floor)\n"
        }
        return text
    }
}

extension CanaryStudy.Report {
    var json: JSONValue {
        .object([
            ("worlds", .integer(Int64(worlds))), ("seed", .integer(Int64(seed))), ("seconds", .number(seconds)),
            ("models", JSONValue(models)),
            (
                "levels",
                .array(
                    levels.map { level in
                        .object([
                            ("snr_db", .number(level.decibels)), ("canaries", .array(level.rows.map(\.json))),
                            (
                                "ranking",
                                .array(
                                    level.ranking.map {
                                        .object([
                                            ("ranker", .string($0.ranker)), ("mrr5_true", .number($0.reciprocalRank)),
                                            ("hr5_true", .number($0.hitRate5)),
                                        ])
                                    })
                            ),
                        ])
                    })
            ),
        ])
    }
}

extension CanaryTrial.Row {
    fileprivate var json: JSONValue {
        .object([
            ("canary", .string(canary.number)), ("name", .string(canary.rawValue)), ("ranker", .string(ranker)),
            ("threshold", .number(canary.threshold)), ("value", .number(value)), ("low", .number(low)), ("high", .number(high)),
            ("margin", .number(margin)), ("passes", .bool(passes)), ("twin", .number(twin)), ("twin_fails", .bool(twinFails)),
            ("objection", objection.map(JSONValue.string) ?? .null),
        ])
    }
}
