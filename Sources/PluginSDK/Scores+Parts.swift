import PluginABI

// Why a row stands where it does: parts that add up to the first head's score within 1e-5.
extension Scores {
    /// Parts that the host wants per row; zero if it doesn't want to know.
    @inlinable public var partCount: Int {
        raw.pointee.parts.data == nil ? 0 : Int(raw.pointee.parts.cols)
    }

    /// One part of one row; ignored if the host doesn't want to know.
    @inlinable public mutating func explain(_ row: Int, _ part: Int, _ value: Float) {
        guard partCount > 0 else { return }
        precondition(part >= 0 && part < partCount, "outside the parts")
        partsStart(checked(row))[part] = value
    }

    /// The parts of one row; empty if the host doesn't want to know.
    @inlinable @_lifetime(&self)
    public mutating func parts(_ row: Int) -> MutableSpan<Float> {
        let count = partCount
        // Unsafe: the array was checked to hold `count` floats per row; the span ends with this access.
        let span = MutableSpan(
            _unsafeStart: count == 0 ? line(0) : partsStart(checked(row)), count: count)
        return _overrideLifetime(span, mutating: &self)
    }

    @inlinable @inline(__always)
    func partsStart(_ row: Int) -> UnsafeMutablePointer<Float> {
        // Unsafe: called only where `partCount` found the array present.
        (raw.pointee.parts.data.unsafelyUnwrapped + row * Int(raw.pointee.parts.stride))
            .assumingMemoryBound(to: Float.self)
    }
}
