/// Aligned columns, two spaces apart. The last column takes what is left of the width and is cut there.
struct TextTable {
    enum Alignment: Sendable { case left, right }

    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

    /// One cell per column; each becomes one line.
    mutating func add(_ cells: [String]) { rows.append(cells.map(Plain.line)) }

    func text(width: Int, style: Style) -> String {
        var widths = columns.indices.map { index in
            max(columns[index].title.columnCount, rows.map { $0[index].columnCount }.max() ?? 0)
        }
        if let last = widths.indices.last {
            let before = widths.dropLast().reduce(0) { $0 + $1 + 2 }
            widths[last] = min(widths[last], max(12, width - before))
        }
        var text = style.dim(line(columns.map(\.title), widths)) + "\n"
        for row in rows { text += line(row, widths) + "\n" }
        return text
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = cells.indices.map { index in
            let cell = cells[index].truncated(to: widths[index])
            return columns[index].alignment == .right
                ? cell.leftPadded(to: widths[index]) : cell.rightPadded(to: widths[index])
        }
        let line = padded.joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }
}
