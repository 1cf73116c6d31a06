/// M. F. Porter, «An algorithm for suffix stripping» (1980), as SQLite's FTS5 applies it: words of one or two
/// letters, of more than 64 bytes, or with anything but a–z and digits are returned as they are.
package enum PorterStemmer {
    package static func stem(_ word: String) -> String {
        String(decoding: stem(Array(word.utf8)), as: UTF8.self)
    }

    package static func stem(_ token: [UInt8]) -> [UInt8] {
        guard token.count > 2, token.count <= 64 else { return token }
        var word = Word(letters: token)
        word.step1a()
        word.step1b()
        word.step1c()
        word.replaceSuffix(Self.step2) { $0 > 0 }
        word.replaceSuffix(Self.step3) { $0 > 0 }
        word.step4()
        word.step5()
        return word.letters
    }

    private static func table(_ pairs: [(String, String)]) -> [([UInt8], [UInt8])] {
        pairs.map { (Array($0.0.utf8), Array($0.1.utf8)) }
    }

    private static let step2 = table([
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
        ("logi", "log"), ("bli", "ble"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
        ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
        ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ])

    private static let step3 = table([
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
    ])
}

/// A word under the knife. `measure` counts vowel–consonant sequences, Porter's m.
private struct Word {
    var letters: [UInt8]

    func isConsonant(_ i: Int) -> Bool {
        switch letters[i] {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"):
            return false
        case UInt8(ascii: "y"):
            return i == 0 || !isConsonant(i - 1)
        default:
            return true
        }
    }

    func measure(_ length: Int) -> Int {
        var count = 0
        var previousVowel = false
        for i in 0..<length {
            let consonant = isConsonant(i)
            if consonant, previousVowel { count += 1 }
            previousVowel = !consonant
        }
        return count
    }

    func hasVowel(_ length: Int) -> Bool { (0..<length).contains { !isConsonant($0) } }

    func endsDouble(_ length: Int) -> Bool {
        length >= 2 && letters[length - 1] == letters[length - 2] && isConsonant(length - 1)
    }

    /// consonant–vowel–consonant, the last not w, x or y.
    func endsCVC(_ length: Int) -> Bool {
        guard length >= 3, isConsonant(length - 1), !isConsonant(length - 2), isConsonant(length - 3) else { return false }
        let last = letters[length - 1]
        return last != UInt8(ascii: "w") && last != UInt8(ascii: "x") && last != UInt8(ascii: "y")
    }

    func ends(_ suffix: [UInt8]) -> Bool {
        letters.count > suffix.count && letters.suffix(suffix.count).elementsEqual(suffix)
    }

    func ends(_ suffix: String) -> Bool { ends(Array(suffix.utf8)) }

    mutating func cut(_ count: Int) { letters.removeLast(count) }

    /// The first suffix that matches decides, whether or not its condition holds.
    mutating func replaceSuffix(_ table: [([UInt8], [UInt8])], if condition: (Int) -> Bool) {
        for (suffix, replacement) in table where ends(suffix) {
            if condition(measure(letters.count - suffix.count)) {
                cut(suffix.count)
                letters += replacement
            }
            return
        }
    }

    mutating func step1a() {
        if ends("sses") || ends("ies") { cut(2) }
        else if ends("ss") {}
        else if ends("s") { cut(1) }
    }

    mutating func step1b() {
        if ends("eed") {
            if measure(letters.count - 3) > 0 { cut(1) }
            return
        }
        let stripped: Bool
        if ends("ed"), hasVowel(letters.count - 2) { cut(2); stripped = true }
        else if ends("ing"), hasVowel(letters.count - 3) { cut(3); stripped = true }
        else { stripped = false }
        guard stripped else { return }
        if ends("at") || ends("bl") || ends("iz") {
            letters.append(UInt8(ascii: "e"))
        } else if endsDouble(letters.count),
            let last = letters.last, last != UInt8(ascii: "l"), last != UInt8(ascii: "s"), last != UInt8(ascii: "z")
        {
            cut(1)
        } else if measure(letters.count) == 1, endsCVC(letters.count) {
            letters.append(UInt8(ascii: "e"))
        }
    }

    mutating func step1c() {
        if ends("y"), hasVowel(letters.count - 1) { letters[letters.count - 1] = UInt8(ascii: "i") }
    }

    private static let step4Suffixes: [[UInt8]] = [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti",
        "ous", "ive", "ize",
    ].map { Array($0.utf8) }

    mutating func step4() {
        for suffix in Self.step4Suffixes where ends(suffix) {
            let stem = letters.count - suffix.count
            guard measure(stem) > 1 else { return }
            if suffix == Array("ion".utf8) {
                guard letters[stem - 1] == UInt8(ascii: "s") || letters[stem - 1] == UInt8(ascii: "t") else { return }
            }
            cut(suffix.count)
            return
        }
    }

    mutating func step5() {
        if ends("e") {
            let m = measure(letters.count - 1)
            if m > 1 || (m == 1 && !endsCVC(letters.count - 1)) { cut(1) }
        }
        if measure(letters.count) > 1, endsDouble(letters.count), letters.last == UInt8(ascii: "l") { cut(1) }
    }
}
