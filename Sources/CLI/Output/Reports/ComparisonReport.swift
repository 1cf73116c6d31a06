import Engine
import Report

/// Comparisons of rankers as a document: the selecting metric drawn, every metric as a table.
struct ComparisonReport {
    var facts: RunFacts

    func document(_ tables: [ComparisonTable]) -> ReportDocument {
        ReportDocument(
            title: "Rankers on \(tables.first?.dataset ?? "")",
            summary: "Means with 95 % intervals; differences are paired, query by query, against the baseline that is best by the same "
                + "metric. Detectable: the smallest difference that a sample of this size and spread shows with 80 % power.",
            facts: facts.list, sections: tables.flatMap(sections))
    }

    private func sections(_ table: ComparisonTable) -> [ReportSection] {
        let title = "\(table.dataset) (\(table.kind))"
        var section = ReportSection(
            title, blocks: [.paragraph("\(table.task). \(ComparisonFigures.facts(table))."), .barPlot(bars(table))])
        if let plot = differences(table) { section.blocks.append(.dotPlot(plot)) }
        for (place, metric) in (table.rows.first?.figures.map(\.metric) ?? []).enumerated() {
            var grid = ReportTable(
                caption: metric, columns: ComparisonFigures.columns.enumerated().map { ($1, $0 == 0 ? .text : .figure) })
            for row in table.rows {
                grid.add(ComparisonFigures.cells(row, metric: place), isEmphasised: !row.isBaseline)
            }
            section.blocks.append(.table(grid))
        }
        let degraded = table.rows.flatMap { row in row.degraded.map { "Degraded: \(row.ranker): \($0)" } }
        section.blocks += degraded.map(ReportSection.Block.paragraph)
        guard let strata = table.strata else { return [section] }
        return [section, coldStart(strata, title)]
    }

    private func bars(_ table: ComparisonTable) -> BarPlot {
        let place = table.selection
        let metric = table.rows.first?.figures[place].metric ?? ""
        return BarPlot(
            title: "\(metric) with 95 % intervals", valueLabel: metric,
            bars: table.rows.map {
                let figure = $0.figures[place]
                return BarPlot.Bar($0.ranker, PlotValue(figure.mean, low: figure.low, high: figure.high), isEmphasised: !$0.isBaseline)
            })
    }

    /// nil where nobody has a baseline to differ from.
    private func differences(_ table: ComparisonTable) -> DotPlot? {
        let place = table.selection
        let metric = table.rows.first?.figures[place].metric ?? ""
        let dots = table.rows.compactMap { row -> DotPlot.Dot? in
            guard let difference = row.figures[place].difference else { return nil }
            return DotPlot.Dot(
                row.ranker, PlotValue(difference.mean, low: difference.low, high: difference.high), isMet: difference.low > 0)
        }
        let baseline = table.rows.compactMap { $0.figures[place].difference?.baseline }.first
        guard let baseline, !dots.isEmpty else { return nil }
        return DotPlot(
            title: "Paired difference of \(metric) from the best baseline, \(baseline); met = the interval lies above zero",
            valueLabel: "difference of \(metric)", threshold: ("no difference", 0), dots: dots)
    }

    private func coldStart(_ strata: ComparisonTable.Strata, _ title: String) -> ReportSection {
        var section = ReportSection(
            "Cold start: \(title)", blocks: [.paragraph(ComparisonFigures.strataNote)])
        let places = strata.names.indices.filter { strata.queries[$0] > 0 }
        section.blocks.append(
            .linePlot(
                LinePlot(
                    title: "DCG@10 by the number of the user's earlier events", xLabel: "earlier events", yLabel: "DCG@10",
                    series: strata.rows.map { row in
                        LinePlot.Series(
                            row.ranker,
                            points: places.compactMap { place in
                                row.dcg10[place].map { (x: Double(place + 1), y: PlotValue($0.mean, low: $0.low, high: $0.high)) }
                            })
                    }, xNames: places.map { (x: Double($0 + 1), name: strata.names[$0]) })))
        for (metric, figures) in [("HR@10", \ComparisonTable.StratumRow.hitRate10), ("DCG@10", \.dcg10)] {
            var columns: [(title: String, alignment: ReportTable.Alignment)] = [("ranker", .text)]
            columns += strata.names.indices.map { (ComparisonFigures.strataTitle(strata, $0), .figure) }
            var grid = ReportTable(caption: metric, columns: columns + [("better from", .figure)])
            for row in strata.rows {
                grid.add([row.ranker] + row[keyPath: figures].map(ComparisonFigures.cell) + [row.crossover ?? ""])
            }
            section.blocks.append(.table(grid))
        }
        return section
    }
}
