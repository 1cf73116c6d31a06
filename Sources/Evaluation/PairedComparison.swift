/// One ranker held against another on the same queries: how much better, how sure, and what could have been seen at all.
package struct PairedComparison: Sendable, Equatable {
    /// Of the difference, 95 %.
    package let interval: BootstrapInterval
    package let test: SignFlipTest
    /// The smallest difference that such a sample shows with 80 % power at α = 0.05; `infinity` of one cluster.
    package let smallestDetectable: Double

    package var difference: Double { interval.mean }

    /// The differences after − before; give it `Sample.paired`.
    package init(_ sample: Sample, resamples: Int, seed: UInt64) {
        interval = BootstrapInterval(sample, resamples: resamples, seed: seed)
        test = SignFlipTest(sample, samples: resamples, seed: seed)
        smallestDetectable = DetectableEffect.smallest(sample)
    }

    package var verdict: Verdict {
        if interval.low > 0 { return .better }
        return interval.high < 0 ? .worse : .unclear
    }

    package enum Verdict: String, Sendable {
        case better, worse
        /// The interval holds zero: not shown, which isn't the same as equal.
        case unclear
    }
}
