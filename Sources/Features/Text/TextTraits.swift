/// What is known of a text without its neighbours; computed once, when a memory is written.
package struct TextTraits: Sendable, Equatable {
    /// Tokens of text and caption.
    package var tokenCount: Int
    /// The text contains "?".
    package var asksQuestion: Bool
    /// The text names a time: a weekday, a month, "yesterday", "last", "2023" …
    package var namesTime: Bool
    /// Share of the text's tokens that are first-person pronouns, 0–1.
    package var firstPersonShare: Float

    package init(
        tokenCount: Int = 0, asksQuestion: Bool = false, namesTime: Bool = false,
        firstPersonShare: Float = 0
    ) {
        self.tokenCount = tokenCount
        self.asksQuestion = asksQuestion
        self.namesTime = namesTime
        self.firstPersonShare = firstPersonShare
    }

    package init(text: String, caption: String? = nil) {
        var count = 0
        var firstPerson = 0
        Tokenizer.forEachToken(text) { token in
            count += 1
            if token.count <= 9, FirstPerson.contains(token) { firstPerson += 1 }
        }
        firstPersonShare = count == 0 ? 0 : Float(firstPerson) / Float(count)
        tokenCount = count + (caption.map(Tokenizer.tokenCount) ?? 0)
        asksQuestion = text.utf8.contains(UInt8(ascii: "?"))
        let runs = WordRuns(text)
        namesTime = runs.runs.indices.contains { TimeWords.contains(runs.bytes($0)) }
    }
}

/// Pronouns of the first person, as tokens ("I'm" is i and m).
enum FirstPerson {
    private static let words = [
        "i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves",
    ].map { Array($0.utf8) }

    static func contains(_ token: UnsafeBufferPointer<UInt8>) -> Bool {
        guard
            token[0] == Ascii.i || token[0] == UInt8(ascii: "m") || token[0] == Ascii.w
                || token[0] == Ascii.u || token[0] == Ascii.o
        else { return false }
        return words.contains { token.elementsEqual($0) }
    }
}

/// Words that place a text in time. Source: `TEMPORAL` in `references/retrieval_reference.py`.
enum TimeWords {
    private static let words = Set(
        """
        yesterday today tonight tomorrow last next ago since monday tuesday wednesday thursday friday saturday \
        sunday january february march april may june july august september october november december weekend \
        week month year morning night recently
        """.split(separator: " ").map { ArraySlice($0.utf8) })

    /// - Parameter word: A whole run of word characters, lower case.
    static func contains(_ word: ArraySlice<UInt8>) -> Bool {
        guard (3...9).contains(word.count), let first = word.first else { return false }
        guard (0x30...0x39).contains(first) else { return words.contains(word) }
        // 19dd, 20dd
        return word.count == 4 && word.allSatisfy { (0x30...0x39).contains($0) }
            && (word.starts(with: "19".utf8) || word.starts(with: "20".utf8))
    }
}
