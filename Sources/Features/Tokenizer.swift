/// Splits text into tokens as SQLite FTS5's `unicode61` does: maximal runs of letters and digits, lower
/// case, diacritics removed. What a search finds is decided by these tokens, so they must agree with
/// the index byte by byte; the tests ask FTS5 itself.
package enum Tokenizer {
    /// The tokens of `text` in order, repeats kept; empty for text without a letter or digit.
    package static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        forEachToken(text) { tokens.append(String(decoding: $0, as: UTF8.self)) }
        return tokens
    }

    package static func tokenCount(_ text: String) -> Int {
        var count = 0
        forEachToken(text) { _ in count += 1 }
        return count
    }

    /// Calls `body` with the UTF-8 bytes of each token; the buffer is reused after `body` returns.
    package static func forEachToken(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var text = text
        text.withUTF8 { forEachToken(utf8: $0, body) }
    }

    /// The same over bytes that are valid UTF-8.
    package static func forEachToken(
        utf8: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        // Folding lengthens no character beyond three bytes per two (U+023A, 2 bytes, becomes 3).
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: utf8.count * 3 / 2 + 4) { token in
            var position = 0
            var length = 0
            while position < utf8.count {
                let byte = utf8[position]
                if byte < 0x80 {
                    let folded = asciiFold[Int(byte)]
                    position += 1
                    if folded != 0 {
                        token[length] = folded
                        length += 1
                        continue
                    }
                } else {
                    let scalar = decode(utf8, &position)
                    if Unicode61.isTokenCharacter(scalar) || (length > 0 && Unicode61.isMark(scalar)) {
                        append(Unicode61.fold(scalar), to: token, &length)
                        continue
                    }
                }
                if length > 0 {
                    body(UnsafeBufferPointer(rebasing: token[..<length]))
                    length = 0
                }
            }
            if length > 0 { body(UnsafeBufferPointer(rebasing: token[..<length])) }
        }
    }

    /// The lower-case byte of an ASCII letter or digit, 0 for what separates.
    private static let asciiFold: [UInt8] = (0..<128).map { byte in
        switch UInt8(byte) {
        case 0x30...0x39, 0x61...0x7A: UInt8(byte)
        case 0x41...0x5A: UInt8(byte) + 32
        default: 0
        }
    }

    /// One scalar of two to four bytes; advances `position` past it.
    static func decode(_ utf8: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> UInt32 {
        let lead = utf8[position]
        let count = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        var scalar = UInt32(lead) & (count == 4 ? 0x07 : count == 3 ? 0x0F : 0x1F)
        position += 1
        for _ in 1..<count where position < utf8.count {
            scalar = scalar << 6 | UInt32(utf8[position] & 0x3F)
            position += 1
        }
        return scalar
    }

    private static func append(
        _ scalar: UInt32, to token: UnsafeMutableBufferPointer<UInt8>, _ length: inout Int
    ) {
        guard scalar != 0, let scalar = Unicode.Scalar(scalar) else { return }
        for byte in UTF8.encode(scalar)! {  // every Unicode scalar has a UTF-8 encoding
            token[length] = byte
            length += 1
        }
    }
}
