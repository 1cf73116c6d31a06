/// The reason for a rank, for people: the two or three largest increments in words.
enum WhySentence {
    /// Words for the parts of the shipped scorers; a stranger's part is called by its own name.
    private static let phrases: [String: String] = [
        "text.context": "matches the words of the question",
        "author.named": "said by the person named",
        "form.temporal": "speaks of a time",
        "time.date_match": "from the date asked for",
        "form.question": "is itself a question",
        "place.opening": "opens its session",
        "vector.cosine": "close in meaning",
        "recency": "recent",
        "use": "used often",
        "importance": "important",
        "graph": "near in the graph",
        "pinned": "pinned",
    ]

    static func make(parts: [ScorePart], matchedTerms: [String], ageDays: Double?) -> String {
        var reasons: [String] = []
        if !matchedTerms.isEmpty {
            reasons.append("matches " + matchedTerms.prefix(5).map { "“\($0)”" }.joined(separator: ", "))
        }
        let strongest = parts.filter {
            abs($0.value) >= 0.05 && !($0.name.hasPrefix("text.") && !matchedTerms.isEmpty)
        }
        .sorted { abs($0.value) > abs($1.value) }
        for part in strongest.prefix(3) {
            let phrase = phrases[part.name] ?? part.name
            reasons.append(part.value < 0 ? "less for: \(phrase)" : phrase)
        }
        if let ageDays { reasons.append(age(ageDays)) }
        return reasons.joined(separator: "; ")
    }

    static func age(_ days: Double) -> String {
        switch days {
        case ..<0.042: return "\(max(0, Int((days * 1440).rounded()))) min old"
        case ..<1: return "\(Int((days * 24).rounded())) h old"
        case ..<60: return "\(Int(days.rounded())) d old"
        case ..<730: return "\(Int((days / 30.44).rounded())) months old"
        default: return "\(Int((days / 365.25).rounded())) years old"
        }
    }
}
