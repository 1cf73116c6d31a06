/// Margins against one threshold: a dot per name, filled where it is met and hollow where it isn't.
package struct DotPlot: Plot {
    package struct Dot: Sendable {
        package var name: String
        package var value: PlotValue
        package var isMet: Bool

        /// - Parameter isMet: The caller's verdict; the plot doesn't know which way is better.
        package init(_ name: String, _ value: PlotValue, isMet: Bool) {
            self.name = name
            self.value = value
            self.isMet = isMet
        }
    }

    package var title: String
    package var valueLabel: String
    package var threshold: (name: String, value: Double)
    package var dots: [Dot]

    package init(title: String, valueLabel: String, threshold: (name: String, value: Double), dots: [Dot]) {
        self.title = title
        self.valueLabel = valueLabel
        self.threshold = threshold
        self.dots = dots
    }

    /// The threshold's name stands under the axis.
    var height: Double { RowFrame.height(rows: dots.count) + 18 }

    var description: String {
        "\(valueLabel); \(threshold.name): \(PlotFigures.reading(threshold.value)). "
            + dots.map { "\($0.name): \($0.value.words), \($0.isMet ? "met" : "not met")" }.joined(separator: "; ") + "."
    }

    var frame: RowFrame {
        RowFrame(
            names: dots.map(\.name), valueLabel: valueLabel, values: [threshold.value] + dots.flatMap(\.value.all))
    }

    func draw(on canvas: inout PlotCanvas) {
        let frame = frame
        frame.draw(on: &canvas)
        if let x = frame.x(threshold.value) {
            canvas.line((x, RowFrame.top), (x, frame.bottom + 4), color: "#595959", width: 1.4, isDashed: true)
        }
        for (row, dot) in dots.enumerated() {
            frame.reading(row, dot.value.value, &canvas)
            let color = dot.isMet ? ReportStyle.colors[0] : ReportStyle.colors[1]
            frame.whisker(row, dot.value, color: color, &canvas)
            if let x = frame.x(dot.value.value) {
                canvas.marker((x, frame.y(row)), series: 0, color: color, isFilled: dot.isMet)
            }
        }
        canvas.line((frame.left, frame.bottom + 50), (frame.left + 22, frame.bottom + 50), color: "#595959", width: 1.4, isDashed: true)
        canvas.text(
            "\(threshold.name) (\(PlotFigures.reading(threshold.value))); filled = met, hollow = not met",
            (frame.left + 28, frame.bottom + 54))
    }
}
