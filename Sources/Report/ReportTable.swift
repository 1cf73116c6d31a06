/// Rows of text under column titles; figures stand right-aligned with digits of one width.
package struct ReportTable: Sendable {
    package enum Alignment: Sendable { case text, figure }

    package struct Row: Sendable {
        package var cells: [String]
        /// Stands out: a verdict, or the row the table is about.
        package var isEmphasised: Bool

        package init(_ cells: [String], isEmphasised: Bool = false) {
            self.cells = cells
            self.isEmphasised = isEmphasised
        }
    }

    package var caption: String
    package let columns: [(title: String, alignment: Alignment)]
    package private(set) var rows: [Row] = []

    /// - Parameter caption: empty = none.
    package init(caption: String = "", columns: [(title: String, alignment: Alignment)]) {
        self.caption = caption
        self.columns = columns
    }

    /// One cell per column; missing ones are left empty, more are a mistake of the caller's.
    package mutating func add(_ cells: [String], isEmphasised: Bool = false) {
        precondition(cells.count <= columns.count, "more cells than columns")
        let missing = [String](repeating: "", count: columns.count - cells.count)
        rows.append(Row(cells + missing, isEmphasised: isEmphasised))
    }

    func write(to page: inout Markup) {
        page.element("div", ["class": "wide"]) { page in
            page.element("table") { table in
                if !caption.isEmpty { table.element("caption", text: caption) }
                table.element("thead") { head in
                    head.element("tr") { row in
                        for column in columns {
                            row.element("th", ["scope": "col", "class": Self.name(column.alignment)], text: column.title)
                        }
                    }
                }
                table.element("tbody") { body in
                    for row in rows {
                        body.lineBreak()
                        body.element("tr", row.isEmphasised ? ["class": "emphasis"] : [:]) { cells(row, &$0) }
                    }
                }
            }
        }
    }

    /// The first cell names its row, for readers that hear the table.
    private func cells(_ row: Row, _ page: inout Markup) {
        for (place, cell) in row.cells.enumerated() {
            let kind = Self.name(columns[place].alignment)
            if place == 0 {
                page.element("th", ["scope": "row", "class": kind], text: cell)
            } else {
                page.element("td", ["class": kind], text: cell)
            }
        }
    }

    private static func name(_ alignment: Alignment) -> String {
        switch alignment {
        case .text: "text"
        case .figure: "figure"
        }
    }
}
