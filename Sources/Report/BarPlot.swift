/// A bar per name, from zero, with its interval as a whisker.
package struct BarPlot: Plot {
    package struct Bar: Sendable {
        package var name: String
        package var value: PlotValue
        /// The one it is about.
        package var isEmphasised: Bool

        package init(_ name: String, _ value: PlotValue, isEmphasised: Bool = false) {
            self.name = name
            self.value = value
            self.isEmphasised = isEmphasised
        }
    }

    package var title: String
    package var valueLabel: String
    package var bars: [Bar]

    package init(title: String, valueLabel: String, bars: [Bar]) {
        self.title = title
        self.valueLabel = valueLabel
        self.bars = bars
    }

    var height: Double { RowFrame.height(rows: bars.count) }

    var description: String {
        "\(valueLabel). " + bars.map { "\($0.name): \($0.value.words)" }.joined(separator: "; ") + "."
    }

    /// Bars are compared by length: zero is always on the axis.
    var frame: RowFrame {
        RowFrame(names: bars.map(\.name), valueLabel: valueLabel, values: [0] + bars.flatMap(\.value.all))
    }

    func draw(on canvas: inout PlotCanvas) {
        let frame = frame
        frame.draw(on: &canvas)
        let zero = frame.x(0) ?? frame.left
        for (row, bar) in bars.enumerated() {
            frame.reading(row, bar.value.value, &canvas)
            guard let end = frame.x(bar.value.value) else { continue }
            canvas.bar(
                x: min(zero, end), y: frame.y(row) - 8, width: abs(end - zero), height: 16,
                color: bar.isEmphasised ? ReportStyle.colors[0] : "#9db4c8")
            frame.whisker(row, bar.value, color: ReportStyle.ink, &canvas)
        }
        canvas.line((zero, RowFrame.top), (zero, frame.bottom))
    }
}
