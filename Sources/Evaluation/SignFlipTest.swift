/// A permutation test of paired differences: if the two systems were alike, each difference (each
/// session's, if sessions are the clusters) could as well carry the other sign.
package struct SignFlipTest: Sendable, Equatable {
    /// Two-sided.
    package let p: Double
    /// All 2^n sign patterns were tried.
    package let isExact: Bool

    /// Up to this many clusters (65,536 patterns) the test is exact.
    package static let exactClusters = 16

    /// - Parameters:
    ///   - sample: From `Sample.paired`; of no difference at all p is 1.
    ///   - samples: Patterns drawn beyond `exactClusters`; p is then (hits + 1)/(samples + 1).
    package init(_ sample: Sample, samples: Int = 10_000, seed: UInt64 = 1) {
        let sums = sample.sums
        // A sum that differs only by rounding counts as equal.
        let slack = 1e-12 * sums.reduce(0) { $0 + abs($1) }
        let observed = abs(sums.reduce(0, +)) - slack
        isExact = sums.count <= Self.exactClusters
        if isExact {
            let hits = (0..<1 << sums.count).count { pattern in
                var sum = 0.0
                for index in sums.indices { sum += pattern >> index & 1 == 1 ? -sums[index] : sums[index] }
                return abs(sum) >= observed
            }
            p = Double(hits) / Double(1 << sums.count)
        } else {
            var generator = SplitMix64(seed: seed)
            var hits = 0
            for _ in 0..<samples {
                var sum = 0.0
                var signs: UInt64 = 0
                for index in sums.indices {
                    if index & 63 == 0 { signs = generator.next() }
                    sum += signs & 1 == 1 ? -sums[index] : sums[index]
                    signs >>= 1
                }
                if abs(sum) >= observed { hits += 1 }
            }
            p = Double(hits + 1) / Double(samples + 1)
        }
    }
}
