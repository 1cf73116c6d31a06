/// Character classes and folding of SQLite FTS5's tokenizer `unicode61`, beyond ASCII.
enum Unicode61 {
    /// A letter, a digit or a private-use character: part of a token.
    static func isTokenCharacter(_ scalar: UInt32) -> Bool {
        let ranges = Unicode61Table.tokenRanges
        // The number of bounds ≤ scalar is odd inside a range; even bounds (range ends) are inclusive.
        var low = 0
        var high = ranges.count / 2
        while low < high {
            let middle = (low + high) / 2
            if ranges[2 * middle] <= scalar { low = middle + 1 } else { high = middle }
        }
        return low > 0 && scalar <= ranges[2 * low - 1]
    }

    /// A combining mark that FTS5 drops inside a token.
    static func isMark(_ scalar: UInt32) -> Bool {
        scalar >= 0x300 && scalar <= 0x331 && Unicode61Table.marks.contains(scalar)
    }

    /// Lower case, one diacritic removed; 0 for a mark that disappears.
    static func fold(_ scalar: UInt32) -> UInt32 {
        if isMark(scalar) { return 0 }
        let starts = Unicode61Table.foldStart
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= scalar { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return scalar }
        let run = low - 1
        let offset = scalar - starts[run]
        let stride = UInt32(Unicode61Table.foldStride[run])
        guard offset % stride == 0, offset / stride < UInt32(Unicode61Table.foldCount[run]) else {
            return scalar
        }
        return UInt32(Int32(scalar) + Unicode61Table.foldDelta[run])
    }
}
