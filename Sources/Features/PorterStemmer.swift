/// Porter's suffix stripping as SQLite FTS5's tokenizer `porter` does it: tokens of fewer than 3 or more
/// than 64 bytes pass unchanged, and other bytes than a–z count as consonants.
///
/// Source: M. F. Porter, "An algorithm for suffix stripping", 1980, steps 1a to 5b; rule tables from
/// SQLite's `fts5_tokenize.c`, which differs from the paper in the rules `bli` and `logi`.
package enum PorterStemmer {
    package static let maximumBytes = 64

    /// - Parameter word: A token of `Tokenizer`: folded already.
    package static func stem(_ word: String) -> String {
        var bytes = Array(word.utf8)
        let length = bytes.withUnsafeMutableBufferPointer { stem($0) }
        return length == word.utf8.count && bytes.elementsEqual(word.utf8)
            ? word : String(decoding: bytes[..<length], as: UTF8.self)
    }

    /// Stems in place; returns the stem's length, never more than the token's.
    package static func stem(_ token: UnsafeMutableBufferPointer<UInt8>) -> Int {
        guard token.count >= 3, token.count <= maximumBytes else { return token.count }
        var word = PorterWord(bytes: token)
        word.removePlural()
        word.removePastAndProgressive()
        if word.last == Ascii.y, word.hasVowel(word.length - 1) { word.last = Ascii.i }
        word.apply(PorterRules.step2) { word, stem in word.measure(stem) > 0 }
        word.apply(PorterRules.step3) { word, stem in word.measure(stem) > 0 }
        word.apply(PorterRules.step4) { word, stem in word.measure(stem) > 1 }
        word.removeFinalE()
        if word.length > 1, word.last == Ascii.l, word.bytes[word.length - 2] == Ascii.l,
            word.measure(word.length - 1) > 1
        {
            word.length -= 1
        }
        return word.length
    }
}
