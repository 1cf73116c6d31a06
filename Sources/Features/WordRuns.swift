/// The runs of `\w` characters (letters, digits, underscore) of a text, lower case in ASCII, with what
/// stands between two of them: enough to answer the reference's regular expressions without an engine.
struct WordRuns {
    struct Run {
        /// Index range into `bytes`.
        var range: Range<Int>
    }

    /// UTF-8; ASCII letters lower case.
    let bytes: [UInt8]
    let runs: [Run]

    init(_ text: String) {
        var bytes = Array(text.utf8)
        var runs: [Run] = []
        bytes.withUnsafeMutableBufferPointer { bytes in
            var position = 0
            var start = -1
            while position < bytes.count {
                let here = position
                let isWord: Bool
                if bytes[position] < 0x80 {
                    if bytes[position] >= 0x41, bytes[position] <= 0x5A { bytes[position] += 32 }
                    isWord = Self.isAsciiWord(bytes[position])
                    position += 1
                } else {
                    isWord = Self.isWord(Tokenizer.decode(UnsafeBufferPointer(bytes), &position))
                }
                if isWord, start < 0 { start = here }
                if !isWord, start >= 0 {
                    runs.append(Run(range: start..<here))
                    start = -1
                }
            }
            if start >= 0 { runs.append(Run(range: start..<bytes.count)) }
        }
        self.bytes = bytes
        self.runs = runs
    }

    static func isAsciiWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }

    /// Letters and numbers beyond ASCII, as Python's `\w`.
    static func isWord(_ scalar: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(scalar) else { return false }
        return scalar.isLetterOrNumber
    }

    func bytes(_ run: Int) -> ArraySlice<UInt8> { bytes[runs[run].range] }

    /// Only white space (at least one) and commas between run `left` and the next.
    func areSeparatedBySpace(_ left: Int) -> Bool {
        let gap = bytes[runs[left].range.upperBound..<runs[left + 1].range.lowerBound]
        return gap.allSatisfy { $0 == 0x2C || $0 == 0x20 || (0x09...0x0D).contains($0) }
    }

    /// Exactly one blank or comma between run `left` and the next.
    func areSeparatedByOneSpace(_ left: Int) -> Bool {
        let gap = bytes[runs[left].range.upperBound..<runs[left + 1].range.lowerBound]
        return gap.count == 1 && (gap.first == 0x20 || gap.first == 0x2C)
    }
}

extension Unicode.Scalar {
    var isLetterOrNumber: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            true
        default: false
        }
    }
}
