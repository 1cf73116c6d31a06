/// Robust z over the rows of one request: (x − median) / (1.4826 · MAD), so that scorers of any unit can be compared.
///
/// 1.4826 makes the spread of normal values their standard deviation. Where more than half of the values are equal their MAD
/// is 0 though others differ: there 1.2533 times the mean deviation stands in (Iglewicz and Hoaglin 1993), so that no order
/// is lost.
package enum RobustScale {
    /// Below it the spread is rounding.
    private static let leastSpread = 1e-12

    /// Replaces finite values by their robust z; by 0 where all are equal.
    package static func scale(_ values: inout [Double]) {
        values.withUnsafeMutableBufferPointer { values in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: values.count) { scale(values, scratch: $0) }
        }
    }

    /// - Parameter scratch: as long as `values`; what it holds afterwards means nothing.
    static func scale(_ values: UnsafeMutableBufferPointer<Double>, scratch: UnsafeMutableBufferPointer<Double>) {
        let count = values.count
        guard count >= 2 else { return values.update(repeating: 0) }
        for index in 0..<count { scratch[index] = values[index] }
        let middle = median(scratch)
        for index in 0..<count { scratch[index] = abs(values[index] - middle) }
        let deviation = median(scratch)
        // The selection has moved the deviations, and kept them all.
        let spread = deviation > leastSpread ? 1.4826 * deviation : 1.2533 * mean(scratch)
        for index in 0..<count { values[index] = spread < leastSpread ? 0 : (values[index] - middle) / spread }
    }

    private static func mean(_ values: UnsafeMutableBufferPointer<Double>) -> Double {
        values.reduce(0, +) / Double(values.count)
    }

    /// Reorders `values`, of which there is at least one.
    private static func median(_ values: UnsafeMutableBufferPointer<Double>) -> Double {
        let half = values.count / 2
        let upper = select(values, half)
        guard values.count % 2 == 0 else { return upper }
        // Everything before `half` is at most the value there.
        var lower = values[0]
        for index in 1..<max(half, 1) { lower = max(lower, values[index]) }
        return (lower + upper) / 2
    }

    /// Hoare's selection: the value that would stand at `place` in sorted order; those before it are at most as large.
    private static func select(_ values: UnsafeMutableBufferPointer<Double>, _ place: Int) -> Double {
        var (first, last) = (0, values.count - 1)
        while first < last {
            let pivot = medianOfThree(values[first], values[(first + last) / 2], values[last])
            var (low, high) = (first, last)
            while low <= high {
                while values[low] < pivot { low += 1 }
                while values[high] > pivot { high -= 1 }
                if low <= high {
                    values.swapAt(low, high)
                    low += 1
                    high -= 1
                }
            }
            if place <= high { last = high } else if place >= low { first = low } else { break }
        }
        return values[place]
    }

    private static func medianOfThree(_ a: Double, _ b: Double, _ c: Double) -> Double { max(min(a, b), min(max(a, b), c)) }
}
