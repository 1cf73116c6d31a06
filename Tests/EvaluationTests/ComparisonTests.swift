import Evaluation
import Testing

// Reference values (scipy 1.x, numpy):
//   d = np.array(after) - np.array(before)
//   stats.bootstrap((d,), np.mean, method='BCa', n_resamples=200000, random_state=1)
//   stats.permutation_test((after, before), lambda x, y, axis=-1: (x - y).mean(axis=axis),
//       permutation_type='samples', vectorized=True, n_resamples=10**6)
private let after = [0.12, 0.55, 0.31, 0.98, 0.44, 0.07, 0.61, 0.83, 0.25, 0.39, 0.71, 0.50]
private let before = [0.10, 0.41, 0.35, 0.80, 0.30, 0.11, 0.44, 0.79, 0.20, 0.45, 0.52, 0.33]

@Suite struct ComparisonTests {
    @Test func intervalOfAMeanMatchesScipy() {
        let interval = BootstrapInterval(Sample(after), resamples: 200_000)
        #expect(abs(interval.low - 0.3375) < 0.003)  // Monte Carlo error of 200,000 resamples
        #expect(abs(interval.high - 0.635833) < 0.003)
    }

    @Test func pairedIntervalMatchesScipy() {
        let interval = BootstrapInterval(.paired(after, before), resamples: 200_000)
        #expect(abs(interval.mean - 0.08) < 1e-12)
        #expect(abs(interval.low - 0.025833) < 0.002)
        #expect(abs(interval.high - 0.128333) < 0.002)
        #expect(interval.excludesZero)
    }

    @Test func skewedSampleMatchesScipy() {
        var values = [Double](repeating: 0, count: 20)
        values[7] = 0.2
        values[10] = 1
        values[14] = 0.5
        values[19] = 1
        let interval = BootstrapInterval(Sample(values), resamples: 200_000)
        // The means lie on a grid of .005; the upper end at a gap of it: scipy itself says .335 or .345,
        // depending on its seed.
        #expect(abs(interval.low - 0.035) < 0.0051)
        #expect(abs(interval.high - 0.335) < 0.0101)
    }

    @Test func sameSeedGivesTheSameInterval() {
        #expect(BootstrapInterval(Sample(after), seed: 7) == BootstrapInterval(Sample(after), seed: 7))
    }

    @Test func exactSignFlipMatchesScipy() {
        let test = SignFlipTest(.paired(after, before))
        #expect(test.isExact)
        #expect(test.p == 0.0205078125)
    }

    @Test func sampledSignFlipApproachesTheExactOne() {
        // Twice the same differences: 24 clusters, too many to enumerate.
        let test = SignFlipTest(.paired(after + after, before + before), samples: 100_000)
        #expect(!test.isExact)
        #expect(test.p < 0.003)
    }

    @Test func fiveSeedsCannotReachSignificance() {
        #expect(SignFlipTest(Sample([1, 2, 3, 4, 5])).p == 0.0625)
    }

    @Test func noDifferenceIsNoEvidence() {
        #expect(SignFlipTest(Sample([0, 0, 0])).p == 1)
        let interval = BootstrapInterval(Sample([0, 0, 0]))
        #expect(interval.low == 0 && interval.high == 0)
    }

    @Test func clustersWidenTheInterval() {
        let values = after + after + after
        let clusters = (0..<36).map { $0 % 12 }
        let apart = BootstrapInterval(Sample(values))
        let together = BootstrapInterval(Sample(values, clusters: clusters))
        #expect(together.high - together.low > 1.4 * (apart.high - apart.low))
        #expect(abs(together.mean - apart.mean) < 1e-12)
    }

    @Test func smallestDetectableEffectFollowsFromSpreadAndSize() {
        // (norm.ppf(.975) + norm.ppf(.8)) * d.std(ddof=1) / sqrt(12)
        #expect(abs(DetectableEffect.smallest(.paired(after, before)) - 0.07711109525140024) < 1e-12)
        #expect(DetectableEffect.smallest(Sample([1])) == .infinity)
    }

    // scipy.stats.norm.ppf / cdf
    @Test(arguments: [
        (0.975, 1.959963984540054), (0.8, 0.8416212335729143), (0.5, 0.0), (1e-9, -5.9978070150076865),
        (0.9999, 3.719016485455709),
    ]) func normalQuantileMatchesScipy(p: Double, x: Double) {
        #expect(abs(NormalDistribution.quantile(p) - x) < 1e-12)
        #expect(abs(NormalDistribution.cumulative(x) - p) < 1e-12)
    }

    // First outputs of the reference implementation for seed 1234567 (prng.di.unimi.it/splitmix64.c).
    @Test func splitMixMatchesTheReference() {
        var generator = SplitMix64(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
    }
}
