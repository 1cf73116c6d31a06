/// Paths of different lengths, one after the other: rows `offsets[p] ..< offsets[p+1]` are the hops of path p.
package struct S4DPaths: Sendable, Equatable {
    /// [P+1], rising, from zero.
    package let offsets: [Int32]
    package let longest: Int

    package init(lengths: some Sequence<Int>) {
        var offsets: [Int32] = [0]
        var longest = 0
        for length in lengths {
            precondition(length >= 0, "a path has no negative length")
            longest = max(longest, length)
            offsets.append(offsets[offsets.count - 1] + Int32(length))
        }
        self.offsets = offsets
        self.longest = longest
    }

    package var count: Int { offsets.count - 1 }
    package var rows: Int { Int(offsets[offsets.count - 1]) }
}

/// How a whole sequence is computed; both give the same numbers up to rounding.
package enum S4DMode: Sendable, CaseIterable {
    /// Direct sums with the kernel: L²/2 multiply-adds per channel.
    case convolution
    /// Step by step: some 6 M multiply-adds per channel and hop.
    case recurrence

    /// The cheaper one for a path of so many hops; the kernels' widths make it a rule of thumb.
    static func cheaper(length: Int, modes: Int) -> S4DMode {
        length <= 8 * modes ? .convolution : .recurrence
    }
}
