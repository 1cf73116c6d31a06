/// What a question asks for, read once per turn.
package struct QueryAnalysis: Sendable, Equatable {
    /// One thing to look for.
    package struct Term: Sendable, Equatable {
        /// The word as asked, folded.
        package let word: String
        /// Its Porter stem, distinct among the terms.
        package let stem: String
        /// The first five letters of a word of at least five.
        package let prefix: String?
    }

    /// Length of `Term.prefix`, in characters.
    package static let prefixLength = 5

    /// Distinct stems in the order asked; empty if the question holds no letter or digit.
    package let terms: [Term]
    /// The author whose name occurs in the question, if it is exactly one.
    package let namedAuthor: Int32?
    /// How many authors' names occur.
    package let namedAuthorCount: Int
    package let date: QueryDate?
    /// "when", "what/which date, day, month, year, time", "how long (ago)".
    package let asksWhen: Bool
    /// "how many", "how much", "how often".
    package let asksCount: Bool

    package var termCount: Int { terms.count }

    /// - Parameters:
    ///   - authorNames: Everyone who wrote a memory of the scope; their names aren't search terms.
    ///   - authorIDs: What `namedAuthor` is given as; the index into `authorNames` by default.
    package init(question: String, authorNames: [String] = [], authorIDs: [Int32]? = nil) {
        precondition(authorIDs == nil || authorIDs?.count == authorNames.count, "one id per author")
        let words = Tokenizer.tokens(question)
        let asked = Set(words)
        var names: Set<String> = []
        var named: [Int] = []
        for (index, name) in authorNames.enumerated() {
            let parts = Tokenizer.tokens(name)
            names.formUnion(parts)
            if parts.contains(where: asked.contains) { named.append(index) }
        }
        namedAuthorCount = named.count
        namedAuthor = named.count == 1 ? authorIDs?[named[0]] ?? Int32(named[0]) : nil

        // FTS5 takes emoji younger than its Unicode tables for letters; nobody searches for them.
        let speakable = words.filter { $0.unicodeScalars.contains { $0.isLetterOrNumber } }
        let content = speakable.filter { !StopWords.contains($0) && !names.contains($0) }
        var seen: Set<String> = []
        terms = (content.isEmpty ? speakable : content).compactMap { word in
            let stem = PorterStemmer.stem(word)
            guard seen.insert(stem).inserted else { return nil }
            return Term(word: word, stem: stem, prefix: Self.prefix(of: word))
        }
        date = QueryDate(question: question)
        let dates: Set = ["date", "day", "month", "year", "time"]
        let counts: Set = ["many", "much", "often"]
        let pairs = zip(words, words.dropFirst())
        asksWhen =
            words.contains("when")
            || pairs.contains { ["what", "which"].contains($0) && dates.contains($1) }
            || pairs.contains { $0 == "how" && $1 == "long" }
        asksCount = pairs.contains { $0 == "how" && counts.contains($1) }
    }

    /// The first five characters of a word of at least five, nil of a shorter one.
    package static func prefix(of word: String) -> String? {
        let scalars = word.unicodeScalars
        guard
            let end = scalars.index(
                scalars.startIndex, offsetBy: prefixLength, limitedBy: scalars.endIndex)
        else { return nil }
        return String(scalars[..<end])
    }
}
