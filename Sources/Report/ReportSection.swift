/// A heading and what stands under it.
package struct ReportSection: Sendable {
    package enum Block: Sendable {
        case paragraph(String)
        case table(ReportTable)
        case linePlot(LinePlot)
        case barPlot(BarPlot)
        case dotPlot(DotPlot)
    }

    package var title: String
    package var blocks: [Block]

    package init(_ title: String, blocks: [Block] = []) {
        self.title = title
        self.blocks = blocks
    }

    func write(to page: inout Markup, drawings: inout Int) {
        page.element("section") { page in
            page.element("h2", text: title)
            for block in blocks {
                page.lineBreak()
                switch block {
                case .paragraph(let text): page.element("p", text: text)
                case .table(let table): table.write(to: &page)
                case .linePlot(let plot): Self.figure(plot, &page, &drawings)
                case .barPlot(let plot): Self.figure(plot, &page, &drawings)
                case .dotPlot(let plot): Self.figure(plot, &page, &drawings)
                }
            }
        }
    }

    private static func figure(_ plot: some Plot, _ page: inout Markup, _ drawings: inout Int) {
        drawings += 1
        let id = "figure\(drawings)"
        page.element("figure") { figure in
            plot.write(to: &figure, id: id)
            figure.element("figcaption", text: plot.title)
        }
    }
}
