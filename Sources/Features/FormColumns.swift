import Glibc

/// Author, time, form and place of a row, and the question itself. Source: `references/retrieval.md` §6.
enum FormColumns {
    static let definitions: [ColumnDefinition] = author + form + place + query

    private static let author: [ColumnDefinition] = [
        ColumnDefinition(
            "author.named", "1 if the row's author is the only author the question names", range: "0, 1",
            isPresent: { $0.query.namedAuthor != nil }
        ) { pool in
            pool.each { ($0.author >= 0 && $0.author == pool.query.namedAuthor).asFloat }
        },
        ColumnDefinition(
            "author.other_named", "1 if the question names exactly one author, and not the row's",
            range: "0, 1", isPresent: { $0.query.namedAuthor != nil }
        ) { pool in
            pool.each { (pool.query.namedAuthor != nil && $0.author != pool.query.namedAuthor).asFloat }
        },
        ColumnDefinition(
            "time.date_match",
            "day: 1 within [−1, 1.5] d, e^(−d/7) to 30 d; month: 1 same, .4 next; year: .3 same",
            range: "0…1", source: "retrieval.md §2", isPresent: { $0.query.date != nil }
        ) { pool in
            guard let date = pool.query.date else { return pool.constant(0) }
            return pool.each {
                DateMatch.value(
                    date, atMilliseconds: $0.occurredAtMilliseconds,
                    utcOffsetSeconds: pool.moment.utcOffsetSeconds)
            }
        },
    ]

    private static let form: [ColumnDefinition] = [
        ColumnDefinition(
            "form.temporal", "1 if the text names a time (\"yesterday\", \"June\", \"2023\")", range: "0, 1"
        ) {
            $0.each { $0.traits.namesTime.asFloat }
        },
        ColumnDefinition("form.question", "1 if the text contains \"?\"", range: "0, 1") {
            $0.each { $0.traits.asksQuestion.asFloat }
        },
        ColumnDefinition(
            "form.first_person", "share of the text's tokens that are I, me, my, we, us, our …", range: "0…1"
        ) {
            $0.each { $0.traits.firstPersonShare }
        },
        ColumnDefinition(
            "form.log_len", "ln(1 + tokens of text and caption)", unit: "ln tokens", range: "≥ 0"
        ) {
            $0.each { log1p(Float($0.traits.tokenCount)) }
        },
        ColumnDefinition("form.media", "1 if an image or other media is attached", range: "0, 1") {
            $0.each { $0.hasMedia.asFloat }
        },
    ]

    private static let place: [ColumnDefinition] = [
        ColumnDefinition("place.index", "turn number in the session, from 0", unit: "turns", range: "≥ 0") {
            $0.each { $0.session < 0 ? 0 : Float($0.ordinal) }
        },
        ColumnDefinition("place.fraction", "turn number ÷ (turns of the session − 1)", range: "0…1") {
            $0.each { $0.sessionTurns > 1 ? min(1, Float($0.ordinal) / Float($0.sessionTurns - 1)) : 0 }
        },
        ColumnDefinition("place.opening", "1 for the first two turns of a session", range: "0, 1") {
            $0.each { ($0.session >= 0 && $0.ordinal < 2).asFloat }
        },
    ]

    private static let query: [ColumnDefinition] = [
        ColumnDefinition("query.terms", "distinct stems asked for", unit: "count", range: "≥ 0") {
            $0.constant(Float($0.query.termCount))
        },
        ColumnDefinition(
            "query.asks_when", "1 for when, what/which date, day, month, year, time; how long", range: "0, 1"
        ) {
            $0.constant($0.query.asksWhen.asFloat)
        },
        ColumnDefinition("query.asks_count", "1 for how many, how much, how often", range: "0, 1") {
            $0.constant($0.query.asksCount.asFloat)
        },
        ColumnDefinition("query.names_author", "1 if the question names exactly one author", range: "0, 1") {
            $0.constant(($0.query.namedAuthor != nil).asFloat)
        },
        ColumnDefinition("query.has_date", "1 if the question names a month or a year", range: "0, 1") {
            $0.constant(($0.query.date != nil).asFloat)
        },
    ]
}
