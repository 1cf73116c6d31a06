/// Sets values to zero at random while training, and scales the rest so that the mean stays; none at all when serving.
package struct Dropout {
    /// Share that is dropped; 0 = none.
    package let rate: Float
    private var random: SplitMix64

    /// The masks depend on the seed and on the order of the calls: a second forward pass with the same seed has them
    /// again.
    package init(rate: Float, seed: UInt64) {
        precondition(rate >= 0 && rate < 1, "a share that leaves something")
        self.rate = rate
        random = SplitMix64(seed: seed)
    }

    package static var none: Dropout { Dropout(rate: 0, seed: 0) }
    package var isActive: Bool { rate > 0 }

    /// Drops in place and keeps the factors in `mask`, for the backward pass.
    mutating func drop(_ values: MutableFloats, _ count: Int, mask: FloatBuffer) {
        guard isActive else { return }
        // 16 bits per value: the share is right to 1/65536.
        let limit = UInt64((rate * 65536).rounded())
        let kept = 1 / (1 - Float(limit) / 65536)
        var bits: UInt64 = 0
        for index in 0..<count {
            if index & 3 == 0 { bits = random.next() } else { bits >>= 16 }
            let factor: Float = bits & 0xFFFF < limit ? 0 : kept
            mask.start[index] = factor
            values[index] *= factor
        }
    }

    static func apply(_ mask: FloatBuffer, to values: MutableFloats, _ count: Int) {
        for index in 0..<count { values[index] *= mask.start[index] }
    }
}
