/// What a text says without its neighbours and without a question; computed once, when it is written.
package struct TextTraits: Sendable, Equatable {
    /// unicode61 tokens of text and caption.
    package var tokenCount = 0
    package var asksQuestion = false
    /// A word of time stands in the text: a weekday, a month, "yesterday", "2023", …
    package var namesTime = false
    /// Share of tokens that are first-person pronouns, 0–1.
    package var firstPersonShare: Float = 0

    package init(text: String, caption: String? = nil) {
        var words = 0
        var firstPerson = 0
        Tokenizer.forEachWord(text) { token in
            words += 1
            if Self.firstPerson.contains(token) { firstPerson += 1 }
        }
        tokenCount = words + (caption.map(Tokenizer.count) ?? 0)
        asksQuestion = text.utf8.contains(UInt8(ascii: "?"))
        namesTime = Self.namesTime(text)
        firstPersonShare = words > 0 ? Float(firstPerson) / Float(words) : 0
    }

    private static let firstPerson: Set<[UInt8]> = Set(
        ["i", "me", "my", "mine", "myself", "we", "us", "our", "ours"].map { Array($0.utf8) })

    private static let timeWords: Set<[UInt8]> = Set(
        """
        yesterday today tonight tomorrow last next ago since monday tuesday wednesday thursday friday saturday sunday january
        february march april may june july august september october november december weekend week month year morning night
        recently
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { Array(String($0).utf8) })

    /// Whole words in the sense of `\b`: letters, digits and the underscore belong to a word, so
    /// `may_be` holds no "may".
    private static func namesTime(_ text: String) -> Bool {
        var word: [UInt8] = []
        var found = false
        func close() {
            if !word.isEmpty {
                found = found || timeWords.contains(word) || isYear(word)
                word.removeAll(keepingCapacity: true)
            }
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
                word.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                word.append(byte | 0x20)
            default:
                // U+2019, the typographic apostrophe, is not a word character but arrives as bytes ≥ 0x80;
                // see below.
                close()
                if found { return true }
            }
        }
        close()
        return found
    }

    /// 1900–2099.
    private static func isYear(_ word: [UInt8]) -> Bool {
        word.count == 4 && word.allSatisfy { (0x30...0x39).contains($0) }
            && ((word[0] == 0x31 && word[1] == 0x39) || (word[0] == 0x32 && word[1] == 0x30))
    }
}
