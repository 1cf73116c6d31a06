/// A question taken apart: what to look for, whom and when it names.
package struct QueryAnalysis: Sendable {
    /// One searched word. Terms with equal stems count once.
    package struct Term: Sendable, Equatable {
        /// As written, folded: what FTS5 is asked for (it stems by itself).
        package var word: String
        package var stem: String
        /// First five letters, for words of at least five: finds "educa|tion" for "educate".
        package var prefix: String?
    }

    package var terms: [Term] = []
    /// All folded words in order, stop words too: what «FTS5 alone» searches for.
    package var words: [String] = []
    /// The one author named in the question; nil if none or several.
    package var namedAuthor: String?
    /// At least one author of the store is named.
    package var namesAnyAuthor = false
    package var date: QueryDate?
    package var asksWhen = false
    package var asksCount = false

    /// - Parameter authors: the scope's authors; their names are not searched for in texts.
    package init(question: String, authors: [String]) {
        words = Tokenizer.words(question)
        let asked = Set(words)
        var nameWords: Set<String> = []
        var named: [String] = []
        for author in authors {
            let parts = Set(Tokenizer.words(author))
            nameWords.formUnion(parts)
            if !parts.isDisjoint(with: asked) { named.append(author) }
        }
        var content = words.filter { !StopWords.contains($0) && !nameWords.contains($0) }
        if content.isEmpty { content = words }
        var seen: Set<String> = []
        for word in content {
            let stem = PorterStemmer.stem(word)
            guard seen.insert(stem).inserted else { continue }
            terms.append(Term(word: word, stem: stem, prefix: word.count >= 5 ? String(word.prefix(5)) : nil))
        }
        namesAnyAuthor = !named.isEmpty
        namedAuthor = named.count == 1 ? named[0] : nil
        date = QueryDate(question: question)
        asksWhen = asked.contains("when") || question.lowercased().contains("what date")
        asksCount = question.lowercased().contains("how many") || question.lowercased().contains("how often")
    }
}
