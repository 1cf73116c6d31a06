import Synchronization

/// Call times in buckets a quarter of an octave wide (19 %), from 16 ns to 70 s. One addition per call, no lock.
final class LatencyHistogram: @unchecked Sendable {
    // @unchecked Sendable: the pointer is constant, what it points to is atomic.
    private static let bucketCount = 132
    private let buckets: UnsafeMutablePointer<Atomic<Int>>

    init() {
        buckets = .allocate(capacity: Self.bucketCount)
        for index in 0..<Self.bucketCount { (buckets + index).initialize(to: Atomic(0)) }
    }

    deinit {
        buckets.deinitialize(count: Self.bucketCount)
        buckets.deallocate()
    }

    @inline(__always)
    func record(_ nanoseconds: Int64) {
        buckets[Self.bucket(nanoseconds)].add(1, ordering: .relaxed)
    }

    /// The octave, and the two bits behind the leading one.
    private static func bucket(_ nanoseconds: Int64) -> Int {
        let value = UInt64(max(16, nanoseconds))
        let octave = 63 - value.leadingZeroBitCount
        let quarter = Int(value >> UInt64(octave - 2)) & 3
        return min(bucketCount - 1, (octave - 4) * 4 + quarter)
    }

    /// Upper edge of the bucket that holds the share, nanoseconds; nil = nothing recorded.
    func percentile(_ share: Double) -> Int64? {
        let counts = (0..<Self.bucketCount).map { buckets[$0].load(ordering: .relaxed) }
        let total = counts.reduce(0, +)
        if total == 0 { return nil }
        var left = Int((Double(total) * share).rounded(.up))
        for (index, count) in counts.enumerated() {
            left -= count
            if left <= 0 { return Int64(4 + index % 4 + 1) << Int64(index / 4 + 2) }
        }
        return nil
    }
}
