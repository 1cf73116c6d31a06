/// Words as SQLite's FTS5 tokenizer `unicode61` finds them: maximal runs of letters and digits, lower-cased,
/// diacritics removed. Index and query must agree to the letter, or a word that stands in both isn't found.
package enum Tokenizer {
    /// Tokens in order, duplicates kept.
    package static func words(_ text: String) -> [String] {
        var words: [String] = []
        forEachWord(text) { words.append(String(decoding: $0, as: UTF8.self)) }
        return words
    }

    package static func count(_ text: String) -> Int {
        var count = 0
        forEachWord(text) { _ in count += 1 }
        return count
    }

    /// Calls `body` with the UTF-8 bytes of each folded token.
    package static func forEachWord(_ text: String, _ body: ([UInt8]) -> Void) {
        var token: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                let byte = UInt8(truncatingIfNeeded: scalar.value)
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    token.append(byte)
                case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    token.append(byte | 0x20)
                default:
                    if !token.isEmpty { body(token); token.removeAll(keepingCapacity: true) }
                }
            } else if isCombiningMark(scalar) {
                // A mark belongs to the letter before it and is removed with it.
                continue
            } else if isWord(scalar) {
                token.append(contentsOf: folded(scalar))
            } else if !token.isEmpty {
                body(token)
                token.removeAll(keepingCapacity: true)
            }
        }
        if !token.isEmpty { body(token) }
    }

    private static func isCombiningMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .nonspacingMark
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber, .privateUse:
            return true
        default:
            return false
        }
    }

    /// Lower case without diacritics: `É` → `e`. Scalars that don't decompose to ASCII keep their lower case.
    private static func folded(_ scalar: Unicode.Scalar) -> [UInt8] {
        let lower = scalar.properties.lowercaseMapping
        var result: [UInt8] = []
        for part in lower.unicodeScalars {
            if part.value >= 0xC0, part.value < 0x250 || (0x1E00..<0x1F00).contains(part.value),
                let base = latinBase(part)
            {
                result.append(base)
            } else {
                result.append(contentsOf: Array(String(Character(part)).utf8))
            }
        }
        return result
    }

    /// The ASCII letter under a Latin letter's canonical decomposition, if it has one.
    private static func latinBase(_ scalar: Unicode.Scalar) -> UInt8? {
        // Swift compares strings by canonical equivalence, so the base is found by trying the 26 letters
        // with the mark that decomposition would leave: the standard library offers no NFD by itself.
        Self.latinBases[scalar.value]
    }

    private static let latinBases: [UInt32: UInt8] = {
        var table: [UInt32: UInt8] = [:]
        let marks: [UInt32] = [
            0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x309, 0x30A, 0x30B, 0x30C, 0x30F, 0x311, 0x31B,
            0x323, 0x324, 0x325, 0x326, 0x327, 0x328, 0x32D, 0x32E, 0x330, 0x331,
        ]
        var byMark: [Character: UInt8] = [:]
        for letter in UInt8(ascii: "a")...UInt8(ascii: "z") {
            for mark in marks {
                guard let scalar = Unicode.Scalar(mark) else { continue }
                var text = String(Character(Unicode.Scalar(letter)))
                text.unicodeScalars.append(scalar)
                if let character = text.first, text.count == 1 { byMark[character] = letter }
            }
        }
        for value in (0xC0..<0x250).map(UInt32.init) + (0x1E00..<0x1F00).map(UInt32.init) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if let letter = byMark[Character(scalar)] { table[value] = letter }
        }
        return table
    }()
}
