import Glibc

/// A linear axis whose ends are ticks and that covers every value it was made from: nothing that is drawn lies beside it.
struct PlotAxis: Sendable, Equatable {
    /// Ascending, evenly spaced, at least two; the first and the last are the axis's ends.
    let ticks: [Double]
    /// Between two ticks: 1, 2 or 5 times a power of ten.
    let step: Double

    var low: Double { ticks[0] }
    var high: Double { ticks[ticks.count - 1] }

    /// - Parameters:
    ///   - values: What must fit; what isn't finite is left out. Of no values the axis is 0…1.
    ///   - wanted: About how many ticks: three up to twice as many are made.
    init(covering values: [Double], about wanted: Int = 6) {
        // Beyond 1e300 a span would overflow; nothing that is measured is there.
        let finite = values.filter { $0.isFinite && abs($0) < 1e300 }
        var least = finite.min() ?? 0
        var greatest = finite.max() ?? 1
        if least == greatest {
            // One value, or equal ones: a unit around it that a Double of this size can still tell apart.
            let half = least == 0 ? 0.5 : abs(least) * 0.1
            (least, greatest) = (least - half, greatest + half)
        }
        step = Self.step(atLeast: (greatest - least) / Double(max(2, wanted - 1)))
        var first = floor(least / step)
        var last = ceil(greatest / step)
        // Rounding may have put an end a hair inside.
        while first * step > least { first -= 1 }
        while last * step < greatest { last += 1 }
        let count = Int(last - first)
        let (start, step) = (first, self.step)
        ticks = (0...max(1, count)).map { (start + Double($0)) * step }
    }

    /// The smallest of 1, 2, 5 × 10^k that isn't below `least`.
    private static func step(atLeast least: Double) -> Double {
        let power = pow(10, floor(log10(least)))
        for factor in [1.0, 2, 5] where factor * power >= least * (1 - 1e-9) { return factor * power }
        return 10 * power
    }

    /// 0 at the low end, 1 at the high end; nil for what isn't on the axis, so that it can't be drawn beside it.
    func share(_ value: Double) -> Double? {
        guard value.isFinite, value >= low, value <= high else { return nil }
        return (value - low) / (high - low)
    }

    /// As many decimals as tell two ticks apart.
    func label(_ tick: Double) -> String {
        let decimals = max(0, Int(-floor(log10(step) + 1e-9)))
        // Shorter so, and `decimal` counts in whole numbers of 64 bits.
        guard decimals <= 6, abs(tick) < 1e9 else { return abs(tick) < step / 2 ? "0" : PlotFigures.short(tick) }
        return PlotFigures.decimal(tick, decimals)
    }
}

/// Numbers in drawings, the same everywhere.
enum PlotFigures {
    /// Half up from zero, "−0.0" written without its sign; `decimals` at most 6, |value| below 1e12.
    static func decimal(_ value: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value * scale).rounded()
        guard scaled.isFinite, abs(scaled) < 9e18 else { return short(value) }
        let digits = String(Int64(abs(scaled)))
        let sign = scaled < 0 ? "−" : ""
        guard decimals > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// Three significant digits or fewer, for the very large and the very small.
    static func short(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "–" }
        let power = pow(10, floor(log10(abs(value))) - 2)
        return "\((value / power).rounded() * power)"
    }

    /// A coordinate: two decimals of a pixel are more than a printer shows. ASCII minus, as SVG needs it.
    static func coordinate(_ value: Double) -> String {
        String(decimal(value, 2).map { $0 == "−" ? "-" : $0 })
    }
}
