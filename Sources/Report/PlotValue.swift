/// A value with its interval, as plots draw it.
package struct PlotValue: Sendable, Equatable {
    package var value: Double
    /// Ends of the whisker; nil = none is drawn.
    package var low: Double?
    package var high: Double?

    package init(_ value: Double, low: Double? = nil, high: Double? = nil) {
        self.value = value
        self.low = low
        self.high = high
    }

    /// Everything an axis must cover.
    var all: [Double] { [value, low, high].compactMap { $0 } }

    /// "0.471 (0.440 to 0.502)".
    var words: String {
        guard value.isFinite else { return "not measured" }
        guard let low, let high else { return PlotFigures.reading(value) }
        return "\(PlotFigures.reading(value)) (\(PlotFigures.reading(low)) to \(PlotFigures.reading(high)))"
    }
}

extension PlotFigures {
    /// Three decimals, or three digits of what is so small or so large that these say nothing.
    static func reading(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        return value == 0 || (abs(value) >= 0.01 && abs(value) < 1e6) ? decimal(value, 3) : short(value)
    }
}
