/// Words turned into an FTS5 query that can only mean themselves.
///
/// A raw question is not a query: `What's up?` is a syntax error, `user-name` a column, `NEAR(` an
/// operator. Here every word stands in quotes, quotes doubled, joined by OR.
enum FullTextQuery {
    /// nil where no word holds a letter or digit (FTS5 would find no token in it).
    static func phrase(_ word: String, isPrefix: Bool = false) -> String? {
        guard word.unicodeScalars.contains(where: isToken) else { return nil }
        let clean = word.unicodeScalars.contains("\0") ? word.filter { $0 != "\0" } : word
        let quoted = clean.contains("\"") ? String(clean.flatMap { $0 == "\"" ? "\"\"" : String($0) }) : clean
        return "\"\(quoted)\"" + (isPrefix ? "*" : "")
    }

    static func any(_ phrases: [String], columns: String?) -> String {
        let body = phrases.joined(separator: " OR ")
        guard let columns else { return body }
        return "{\(columns)} : (\(body))"
    }

    /// What unicode61 keeps: letters, numbers, private use (categories L*, N*, Co).
    private static func isToken(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber, .privateUse:
            true
        default: false
        }
    }
}
