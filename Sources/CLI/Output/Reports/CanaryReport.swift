import Engine
import Report

/// Canaries as a document: margins of every model, the whole table, and what noise does to it.
struct CanaryReport {
    var facts: RunFacts

    func document(_ report: CanaryStudy.Report) -> ReportDocument {
        var sections: [ReportSection] = []
        if let level = report.levels.first(where: { $0.decibels == 20 }) ?? report.levels.first {
            sections.append(margins(level, report))
            sections.append(table(level, report))
        }
        if report.levels.count > 1 { sections.append(noise(report)) }
        return ReportDocument(
            title: "Canaries",
            summary: "Each canary stages one planted pattern in \(report.worlds) worlds where nothing else decides, and in as many twins "
                + "without the signal, where it must fail. Intervals are 95 % bootstraps over worlds.",
            facts: facts.list, sections: sections)
    }

    private func margins(_ level: CanaryStudy.Level, _ report: CanaryStudy.Report) -> ReportSection {
        let subjects = report.models.isEmpty ? [report.rankers.first ?? ""] : report.models
        let plots = subjects.map { model -> ReportSection.Block in
            let rows = level.rows.filter { $0.ranker == model }
            return .dotPlot(
                DotPlot(
                    title: "\(model): share of the threshold by which each canary passes, at \(Int(level.decibels)) dB",
                    valueLabel: "margin (beyond 2 is drawn as 2)", threshold: ("needed", 0),
                    dots: rows.map { row in
                        let ends = [row.canary.margin(row.low), row.canary.margin(row.high)].map { min(2, max(-1, $0)) }
                        let mean = min(2, max(-1, row.margin))
                        return DotPlot.Dot(
                            "\(row.canary.number) \(row.canary.rawValue)",
                            PlotValue(mean, low: min(mean, ends.min() ?? mean), high: max(mean, ends.max() ?? mean)), isMet: row.passes)
                    }))
        }
        return ReportSection("Margins", blocks: plots)
    }

    private func table(_ level: CanaryStudy.Level, _ report: CanaryStudy.Report) -> ReportSection {
        let blocks = PlantedCanary.allCases.map { canary -> ReportSection.Block in
            let asked = (canary.isError ? "at most " : "at least ") + Figures.decimal(canary.threshold, 2)
            var grid = ReportTable(
                caption: "\(canary.number) \(canary.rawValue): \(canary.statement); \(asked)",
                columns: [
                    ("ranker", .text), ("value", .figure), ("95 % interval", .figure), ("twin", .figure), ("passes", .text),
                    ("why not", .text),
                ])
            for row in level.rows where row.canary == canary {
                grid.add(
                    [
                        row.ranker, Figures.decimal(row.value, 3),
                        "\(Figures.decimal(row.low, 3)) to \(Figures.decimal(row.high, 3))", Figures.decimal(row.twin, 3),
                        row.passes ? (row.twinFails ? "yes" : "yes, and so does its twin") : "no", row.passes ? "" : row.objection ?? "",
                    ], isEmphasised: report.models.contains(row.ranker))
            }
            return .table(grid)
        }
        return ReportSection("Every canary at \(Int(level.decibels)) dB", blocks: blocks)
    }

    private func noise(_ report: CanaryStudy.Report) -> ReportSection {
        func series(_ value: (CanaryStudy.Level, String) -> Double?) -> [LinePlot.Series] {
            report.rankers.map { ranker in
                LinePlot.Series(
                    ranker, points: report.levels.compactMap { level in value(level, ranker).map { (x: level.decibels, y: PlotValue($0)) } })
            }
        }
        let verdicts = report.models.map { model in
            let floor = report.noiseFloor(model).map { "at \(Int($0)) dB" } ?? "below every level measured"
            let robust = report.isRobust(model).map { $0 ? "passes" : "doesn't pass" } ?? "wasn't asked for"
            return ReportSection.Block.paragraph(
                "\(model) \(robust) canary 002-5 (at 10 dB at least 70 % of what is found at 20 dB); its noise floor, where fewer than half "
                    + "are found, is \(floor).")
        }
        return ReportSection(
            "Noise",
            blocks: verdicts + [
                .linePlot(
                    LinePlot(
                        title: "Canaries found, of \(PlantedCanary.allCases.count)", xLabel: "signal to noise, dB", yLabel: "canaries",
                        series: series { Double($0.passed($1)) }, isDescending: true)),
                .linePlot(
                    LinePlot(
                        title: "MRR@5 on ordinary lists of held-out worlds, against labels without noise", xLabel: "signal to noise, dB",
                        yLabel: "MRR@5",
                        series: series { level, ranker in level.ranking.first { $0.ranker == ranker }?.reciprocalRank },
                        isDescending: true)),
            ])
    }
}
