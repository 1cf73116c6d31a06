import Glibc

extension CompactProjection {
    /// The directions in which sessions differ most (principal components, by subspace iteration), and for each the
    /// unit of int8 that its largest sample needs. The same samples and seed give the same numbers.
    package static func fitted(to samples: [[Float]], most: Int = mostNumbers, seed: UInt64) -> CompactProjection {
        precondition(!samples.isEmpty, "sessions to learn from")
        let size = samples[0].count
        let mean = (0..<size).map { place in
            Float(samples.reduce(0.0) { $0 + Double($1[place]) } / Double(samples.count))
        }
        let centred = samples.map { sample in zip(sample, mean).map { Double($0 - $1) } }
        let count = min(most, mostNumbers, size, samples.count)
        var basis = Subspace(size: size, count: count, seed: seed)
        // Each turn shrinks what is outside the leading directions by the ratio of their variances.
        for _ in 0..<12 { basis.multiply(by: centred) }
        let step = basis.rows.map { row in
            let largest = centred.reduce(0.0) { max($0, abs(Subspace.dot(row, $1))) }
            return Float(max(largest, 1e-12) / 127)
        }
        return CompactProjection(mean: mean, basis: basis.rows.flatMap { $0.map(Float.init) }, step: step)
    }
}

/// Orthonormal rows that turn towards the leading directions of a set of samples.
private struct Subspace {
    private(set) var rows: [[Double]]

    init(size: Int, count: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        rows = (0..<count).map { _ in (0..<size).map { _ in Double(random.normal()) } }
        orthogonalise(&random)
    }

    static func dot(_ a: [Double], _ b: [Double]) -> Double {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in (0..<a.count).reduce(0.0) { $0 + a[$1] * b[$1] } }
        }
    }

    /// rows ← orthonormal(rows Xᵀ X)
    mutating func multiply(by samples: [[Double]]) {
        var random = SplitMix64(seed: 1)
        for index in rows.indices {
            let row = rows[index]
            var next = [Double](repeating: 0, count: row.count)
            for sample in samples {
                let factor = Self.dot(row, sample)
                for place in next.indices { next[place] += factor * sample[place] }
            }
            rows[index] = next
        }
        orthogonalise(&random)
    }

    /// Gram and Schmidt, twice: once leaves the rounding of nearly parallel rows.
    private mutating func orthogonalise(_ random: inout SplitMix64) {
        for index in rows.indices {
            for _ in 0..<2 {
                for other in 0..<index {
                    let factor = Self.dot(rows[index], rows[other])
                    for place in rows[index].indices { rows[index][place] -= factor * rows[other][place] }
                }
                let length = Self.dot(rows[index], rows[index]).squareRoot()
                guard length > 1e-12 else {
                    // Fewer directions than rows: any other will do.
                    rows[index] = rows[index].map { _ in Double(random.normal()) }
                    continue
                }
                for place in rows[index].indices { rows[index][place] /= length }
            }
        }
    }
}
