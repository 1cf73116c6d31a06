import Testing

@testable import Report

/// An axis covers what it was made from, and its ticks are numbers that people choose.
@Suite struct AxisTests {
    static let samples: [[Double]] = [
        [0, 1], [0.39, 0.471], [-10, 30], [5], [0], [], [1e-9, 3e-9], [-0.3, 0], [1e6, 1e6 + 1], [.nan, 2, .infinity],
        [0.1 + 0.2, 0.3], [-1e12, 1e12], [0.7, 0.7000001],
    ]

    @Test(arguments: samples) func everyValueIsOnTheAxis(_ values: [Double]) {
        let axis = PlotAxis(covering: values)
        for value in values where value.isFinite {
            let share = axis.share(value)
            #expect(share.map { (0...1).contains($0) } == true, "\(value) of \(values)")
        }
        #expect(axis.ticks.count >= 2 && axis.ticks.count <= 13, "\(axis.ticks)")
    }

    @Test(arguments: samples) func stepsAreOneTwoOrFiveTimesAPowerOfTen(_ values: [Double]) {
        var mantissa = PlotAxis(covering: values).step
        while mantissa >= 9.99 { mantissa /= 10 }
        while mantissa < 0.999 { mantissa *= 10 }
        #expect([1, 2, 5].contains { abs($0 - mantissa) < 1e-6 }, "\(mantissa)")
    }

    @Test(arguments: samples) func noTwoTicksReadAlike(_ values: [Double]) {
        let axis = PlotAxis(covering: values)
        // A million and a half unit: three significant digits are alike there, and nothing in a report is.
        guard axis.step >= 1e-6 * max(abs(axis.low), abs(axis.high)) else { return }
        let labels = axis.ticks.map(axis.label)
        #expect(Set(labels).count == labels.count, "\(labels)")
    }

    @Test func whatIsNotOnTheAxisHasNoPlace() {
        let axis = PlotAxis(covering: [0, 1])
        for value in [-0.01, 1.01, .nan, .infinity, -.infinity] { #expect(axis.share(value) == nil) }
    }

    @Test func ticksOfASignalToNoiseRatioAreItsDecades() {
        let axis = PlotAxis(covering: [30, 20, 10, 0, -10])
        #expect(axis.ticks == [-10, 0, 10, 20, 30])
        #expect(axis.ticks.map(axis.label) == ["−10", "0", "10", "20", "30"])
    }

    @Test func labelsHaveAsManyDecimalsAsTheStep() {
        let axis = PlotAxis(covering: [0.38, 0.52])
        #expect(axis.ticks.map(axis.label).first == "0.35" && axis.step == 0.05)
    }

    @Test func barsStartAtZeroAndWhiskersEndOnTheAxis() throws {
        let plot = BarPlot(title: "", valueLabel: "", bars: [.init("a", PlotValue(0.4, low: 0.3, high: 0.57))])
        let axis = plot.frame.axis
        #expect(axis.low == 0 && axis.high >= 0.57)
        let margin = DotPlot(
            title: "", valueLabel: "", threshold: ("", 2), dots: [.init("a", PlotValue(0.4), isMet: false)])
        #expect(margin.frame.axis.high >= 2)
    }
}
