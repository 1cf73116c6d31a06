import Features
import Testing

/// Same bytes, not merely canonically equal.
private func bytes(_ words: [[String]]) -> [[[UInt8]]] { words.map { $0.map { Array($0.utf8) } } }

@Suite struct TokenizerTests {
    @Test func tokensAreFoldedRunsOfLettersAndDigits() {
        #expect(
            Tokenizer.tokens("What's up, Mélanie? user_name 2nd") == [
                "what", "s", "up", "melanie", "user", "name", "2nd",
            ])
        #expect(Tokenizer.tokens("") == [])
        #expect(Tokenizer.tokens("🌞 … ?!") == [])
    }

    @Test(.enabled(if: FTS5.tool != nil, "the sqlite3 tool is not installed"))
    func everyCharacterIsTreatedAsByFTS5() throws {
        // Each scalar alone, within a token and at its end; all but the controls below the blank.
        let scalars = (0x20...0x2FFFF).compactMap { Unicode.Scalar(UInt32($0)) }.filter { $0 != "'" }
        let texts = scalars.map { "\($0) a\($0)B c\($0)" }
        let expected = try FTS5.tokens(texts, tokenizer: "unicode61")
        let actual = texts.map(Tokenizer.tokens)
        let wrong = zip(bytes(actual), bytes(expected)).enumerated().filter { $1.0 != $1.1 }
        let first = wrong.first.map { String(scalars[$0.offset].value, radix: 16) } ?? ""
        #expect(wrong.isEmpty, "\(wrong.count) differ, first U+\(first)")
    }
}

@Suite struct PorterStemmerTests {
    /// Some thousands of words: every root with every ending.
    static let words: [String] = {
        let roots = """
            relat condit ration valenc hesit digit conform radic differ vile analog vietnam predic oper feud \
            deci hope callous formal sensit sensib triplic form electric good reviv allow infer airlin gyrosc \
            adjust defens irrit replac depend adopt homolog commun activ angul effect bowdler prob cess contr \
            roll hopp tann fall hiss fizz fail fil happ sk cri sky by say play use us ti po ca agre feed plaster \
            bled motor sing conflat troubl siz controll y yy yell syzyg naïv café über grö zoolog psycholog
            """
        let endings = """
            |s|es|ies|sses|ss|ed|eed|ing|ings|ly|y|ational|tional|enci|anci|izer|bli|alli|entli|eli|ousli|\
            ization|ation|ator|alism|iveness|fulness|ousness|aliti|iviti|\
            biliti|icate|ative|alize|iciti|ical|ful|ness|al|ance|ence|er|\
            ic|able|ible|ant|ement|ment|ent|ion|sion|tion|ou|ism|ate|iti|ous|ive|ize|e|ee|ll|le|logi|ability|fully
            """
        let long = (60...70).map { String(repeating: "ab", count: $0 / 2) + "ing" }
        return long
            + roots.split(separator: " ").flatMap { root in
                endings.split(separator: "|", omittingEmptySubsequences: false).map { "\(root)\($0)" }
            }
    }()

    @Test(.enabled(if: FTS5.tool != nil, "the sqlite3 tool is not installed"))
    func everyWordIsStemmedAsByFTS5() throws {
        let expected = try FTS5.tokens(Self.words, tokenizer: "porter unicode61")
        let actual = Self.words.map { Tokenizer.tokens($0).map(PorterStemmer.stem) }
        #expect(Self.words.count > 4000)
        for (word, pair) in zip(Self.words, zip(actual, expected)) {
            #expect(pair.0 == pair.1, "\(word)")
        }
    }

    @Test func shortAndLongWordsPassUnchanged() {
        #expect(PorterStemmer.stem("us") == "us")
        #expect(["use", "used", "using"].map(PorterStemmer.stem) == ["us", "us", "us"])
        let long = String(repeating: "x", count: 62) + "ing"
        #expect(PorterStemmer.stem(long) == long)
    }
}
