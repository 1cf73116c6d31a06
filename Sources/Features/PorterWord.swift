/// A token while Porter's steps shorten it. Terms as in the paper: a consonant C, a vowel V, and the
/// measure m of a stem of the form [C](VC)^m[V].
struct PorterWord {
    let bytes: UnsafeMutableBufferPointer<UInt8>
    var length: Int

    init(bytes: UnsafeMutableBufferPointer<UInt8>) {
        self.bytes = bytes
        length = bytes.count
    }

    var last: UInt8 {
        get { bytes[length - 1] }
        set { bytes[length - 1] = newValue }
    }

    func hasSuffix(_ suffix: StaticString) -> Bool {
        let count = suffix.utf8CodeUnitCount
        guard length > count else { return false }
        for k in 0..<count where bytes[length - count + k] != suffix.utf8Start[k] { return false }
        return true
    }

    /// a, e, i, o, u; and y after a consonant.
    private func isVowel(_ byte: UInt8, afterConsonant: Bool) -> Bool {
        switch byte {
        case Ascii.a, Ascii.e, Ascii.i, Ascii.o, Ascii.u: true
        case Ascii.y: afterConsonant
        default: false
        }
    }

    /// m of the first `count` bytes, counted to 2.
    func measure(_ count: Int) -> Int {
        var measure = 0
        var consonant = false
        var sawVowel = false
        for k in 0..<max(0, count) {
            consonant = !isVowel(bytes[k], afterConsonant: consonant)
            if !consonant {
                sawVowel = true
            } else if sawVowel {
                measure += 1
                if measure == 2 { return 2 }
                sawVowel = false
            }
        }
        return measure
    }

    /// *v*: a vowel among the first `count` bytes; y counts anywhere but at the start.
    func hasVowel(_ count: Int) -> Bool {
        for k in 0..<max(0, count) where isVowel(bytes[k], afterConsonant: k > 0) { return true }
        return false
    }

    /// *o: the first `count` bytes end consonant, vowel, consonant, and the last isn't w, x or y.
    func endsShort(_ count: Int) -> Bool {
        guard count > 0 else { return false }
        let end = bytes[count - 1]
        if end == Ascii.w || end == Ascii.x || end == Ascii.y { return false }
        var pattern = 0
        var consonant = false
        for k in 0..<count {
            consonant = !isVowel(bytes[k], afterConsonant: consonant)
            pattern = pattern << 1 | (consonant ? 1 : 0)
        }
        return pattern & 0b111 == 0b101
    }

    mutating func replace(suffixOf count: Int, with replacement: StaticString) {
        length -= count
        for k in 0..<replacement.utf8CodeUnitCount { bytes[length + k] = replacement.utf8Start[k] }
        length += replacement.utf8CodeUnitCount
    }
}
