/// Series of points with whiskers, joined by lines: a metric against the signal-to-noise ratio, say.
package struct LinePlot: Plot {
    package struct Series: Sendable {
        package var name: String
        package var points: [(x: Double, y: PlotValue)]

        /// - Parameter points: In the order of the line. Points that aren't finite are left out.
        package init(_ name: String, points: [(x: Double, y: PlotValue)]) {
            self.name = name
            self.points = points
        }
    }

    package var title: String
    package var xLabel: String
    package var yLabel: String
    package var series: [Series]
    /// Horizontal lines with their names: a threshold, a noise floor.
    package var references: [(name: String, value: Double)]
    /// The largest x stands on the left: noise that grows to the right while its SNR falls.
    package var isDescending: Bool
    /// Names of some x in place of numbers: classes in their order. Empty = the axis's own ticks.
    package var xNames: [(x: Double, name: String)]

    package init(
        title: String, xLabel: String, yLabel: String, series: [Series],
        references: [(name: String, value: Double)] = [], isDescending: Bool = false,
        xNames: [(x: Double, name: String)] = []
    ) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
        self.references = references
        self.isDescending = isDescending
        self.xNames = xNames
    }

    private static let top = 14.0
    private static let plotHeight = 250.0
    private static let left = 66.0
    private static let right = PlotCanvas.width - 16

    /// Under the axis stand its label and a line of names per two series.
    var height: Double { Self.top + Self.plotHeight + 52 + 18 * Double((series.count + references.count + 1) / 2) }

    var description: String {
        let lines = series.map { one in
            one.name + ": " + one.points.map { "\(name(ofX: $0.x)): \($0.y.words)" }.joined(separator: ", ")
        }
        let marks = references.map { "\($0.name): \(PlotFigures.reading($0.value))" }
        return "\(yLabel) against \(xLabel). " + (lines + marks).joined(separator: "; ") + "."
    }

    private func name(ofX x: Double) -> String { xNames.first { $0.x == x }?.name ?? PlotFigures.reading(x) }

    var axes: (x: PlotAxis, y: PlotAxis) {
        (
            PlotAxis(covering: series.flatMap { $0.points.map(\.x) } + xNames.map(\.x)),
            PlotAxis(covering: series.flatMap { $0.points.flatMap(\.y.all) } + references.map(\.value))
        )
    }

    func draw(on canvas: inout PlotCanvas) {
        let axes = axes
        frame(axes, &canvas)
        for reference in references {
            if let y = place(y: reference.value, axes.y) {
                canvas.line((Self.left, y), (Self.right, y), color: "#595959", width: 1.2, isDashed: true)
            }
        }
        for (number, one) in series.enumerated() {
            let color = ReportStyle.colors[number % ReportStyle.colors.count]
            var line: [(x: Double, y: Double)] = []
            for point in one.points {
                guard let x = place(x: point.x, axes.x), let y = place(y: point.y.value, axes.y) else { continue }
                line.append((x, y))
                whisker(x, point.y, axes.y, color, &canvas)
            }
            canvas.path(line, color: color)
            for place in line { canvas.marker(place, series: number, color: color) }
        }
        legend(&canvas)
    }

    private func frame(_ axes: (x: PlotAxis, y: PlotAxis), _ canvas: inout PlotCanvas) {
        let bottom = Self.top + Self.plotHeight
        for tick in axes.y.ticks {
            guard let y = place(y: tick, axes.y) else { continue }
            canvas.line((Self.left, y), (Self.right, y), color: ReportStyle.grid)
            canvas.text(axes.y.label(tick), (Self.left - 8, y + 4), anchor: .end)
        }
        for tick in xNames.isEmpty ? axes.x.ticks.map({ (x: $0, name: axes.x.label($0)) }) : xNames {
            guard let x = place(x: tick.x, axes.x) else { continue }
            canvas.line((x, bottom), (x, bottom + 5))
            canvas.text(tick.name, (x, bottom + 18), anchor: .middle)
        }
        canvas.line((Self.left, Self.top), (Self.left, bottom))
        canvas.line((Self.left, bottom), (Self.right, bottom))
        canvas.text(xLabel, ((Self.left + Self.right) / 2, bottom + 36), anchor: .middle)
        canvas.text(yLabel, (16, Self.top + Self.plotHeight / 2), anchor: .middle, isTurned: true)
    }

    private func whisker(_ x: Double, _ value: PlotValue, _ axis: PlotAxis, _ color: String, _ canvas: inout PlotCanvas) {
        guard let low = value.low.flatMap({ place(y: $0, axis) }), let high = value.high.flatMap({ place(y: $0, axis) })
        else { return }
        canvas.line((x, low), (x, high), color: color, width: 1.2)
        for end in [low, high] { canvas.line((x - 4, end), (x + 4, end), color: color, width: 1.2) }
    }

    private func legend(_ canvas: inout PlotCanvas) {
        for place in 0..<series.count + references.count {
            let x = Self.left + (place % 2 == 0 ? 0 : (Self.right - Self.left) / 2)
            let y = Self.top + Self.plotHeight + 56 + 18 * Double(place / 2)
            if place < series.count {
                let color = ReportStyle.colors[place % ReportStyle.colors.count]
                canvas.line((x, y - 4), (x + 22, y - 4), color: color, width: 1.8)
                canvas.marker((x + 11, y - 4), series: place, color: color)
                canvas.text(PlotCanvas.shortened(series[place].name, to: 44), (x + 28, y))
            } else {
                canvas.line((x, y - 4), (x + 22, y - 4), color: "#595959", width: 1.2, isDashed: true)
                canvas.text(PlotCanvas.shortened(references[place - series.count].name, to: 44), (x + 28, y))
            }
        }
    }

    private func place(x: Double, _ axis: PlotAxis) -> Double? {
        axis.share(x).map { Self.left + (isDescending ? 1 - $0 : $0) * (Self.right - Self.left) }
    }

    private func place(y: Double, _ axis: PlotAxis) -> Double? {
        axis.share(y).map { Self.top + (1 - $0) * Self.plotHeight }
    }
}
