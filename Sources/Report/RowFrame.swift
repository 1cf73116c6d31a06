/// Names on the left, one row each, and a value axis below: what bar plots and dot plots share.
struct RowFrame: Sendable {
    static let rowHeight = 24.0
    static let top = 10.0
    private static let right = PlotCanvas.width - 90
    /// Longer names are cut: the drawing needs at least half of the width.
    private static let longestName = 46

    let axis: PlotAxis
    let names: [String]
    let valueLabel: String
    let left: Double

    init(names: [String], valueLabel: String, values: [Double]) {
        self.names = names.map { PlotCanvas.shortened($0, to: Self.longestName) }
        self.valueLabel = valueLabel
        axis = PlotAxis(covering: values)
        left = 14 + (self.names.map(PlotCanvas.width).max() ?? 0)
    }

    static func height(rows: Int) -> Double { top + Double(rows) * rowHeight + 48 }

    var bottom: Double { Self.top + Double(names.count) * Self.rowHeight }

    /// The middle of a row.
    func y(_ row: Int) -> Double { Self.top + (Double(row) + 0.5) * Self.rowHeight }

    /// nil for what isn't on the axis.
    func x(_ value: Double) -> Double? { axis.share(value).map { left + $0 * (Self.right - left) } }

    func draw(on canvas: inout PlotCanvas) {
        for tick in axis.ticks {
            guard let x = x(tick) else { continue }
            canvas.line((x, Self.top), (x, bottom), color: ReportStyle.grid)
            canvas.text(axis.label(tick), (x, bottom + 16), anchor: .middle)
        }
        canvas.line((left, bottom), (Self.right, bottom))
        canvas.text(valueLabel, ((left + Self.right) / 2, bottom + 36), anchor: .middle)
        for (row, name) in names.enumerated() { canvas.text(name, (left - 8, y(row) + 4), anchor: .end) }
    }

    func whisker(_ row: Int, _ value: PlotValue, color: String, _ canvas: inout PlotCanvas) {
        guard let low = value.low.flatMap(x), let high = value.high.flatMap(x) else { return }
        let y = y(row)
        canvas.line((low, y), (high, y), color: color, width: 1.4)
        for end in [low, high] { canvas.line((end, y - 5), (end, y + 5), color: color, width: 1.4) }
    }

    /// To the right of the axis, where no mark can hide it.
    func reading(_ row: Int, _ value: Double, _ canvas: inout PlotCanvas) {
        canvas.text(PlotFigures.reading(value), (PlotCanvas.width - 8, y(row) + 4), anchor: .end)
    }
}
