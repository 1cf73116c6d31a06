import Features
import Testing

@Suite struct QueryAnalysisTests {
    @Test func stopWordsAndAuthorsAreNoTerms() {
        let query = QueryAnalysis(
            question: "When did Caroline use the painting kits?", authorNames: ["Caroline", "Melanie Ray"])
        #expect(query.terms.map(\.word) == ["use", "painting", "kits"])
        #expect(query.terms.map(\.stem) == ["us", "paint", "kit"])
        #expect(query.terms.map(\.prefix) == [nil, "paint", nil])
        #expect(query.namedAuthor == 0)
        #expect(query.asksWhen && !query.asksCount)
    }

    @Test func onlyASingleNamedAuthorCounts() {
        let both = QueryAnalysis(
            question: "What do Ann and Bob like?", authorNames: ["Ann", "Bob"], authorIDs: [7, 9])
        #expect(both.namedAuthor == nil && both.namedAuthorCount == 2)
        let one = QueryAnalysis(
            question: "What does Bob like?", authorNames: ["Ann", "Bob"], authorIDs: [7, 9])
        #expect(one.namedAuthor == 9)
    }

    @Test func repeatedStemsAreOneTermAndStopWordsStayIfNothingElseIsAsked() {
        #expect(QueryAnalysis(question: "paint painted painting").termCount == 1)
        #expect(QueryAnalysis(question: "who are you").terms.map(\.word) == ["who", "are", "you"])
    }

    @Test(arguments: ["", "   ", "?!", "🌞", "🥹🫡", "*"]) func nothingAskedMeansNoTerms(_ question: String) {
        #expect(QueryAnalysis(question: question).termCount == 0)
    }

    @Test func countsAreRecognised() {
        #expect(QueryAnalysis(question: "How many dogs?").asksCount)
        #expect(QueryAnalysis(question: "How long ago?").asksWhen)
        #expect(QueryAnalysis(question: "Which year was it?").asksWhen)
    }
}

@Suite struct QueryDateTests {
    // python3: from retrieval_reference import qdate; [qdate(q) for q in …]
    static let cases: [(String, QueryDate?)] = [
        ("What happened on 7 May 2023?", QueryDate(year: 2023, month: 5, day: 7)),
        ("on May 7, 2023", QueryDate(year: 2023, month: 5, day: 7)),
        ("on the 3rd of June", QueryDate(month: 6, day: 3)),
        ("June 21st, 2022", QueryDate(year: 2022, month: 6, day: 21)),
        ("in 2022", QueryDate(year: 2022)),
        ("Sept 2023", QueryDate(year: 2023, month: 9)),
        ("in May", QueryDate(month: 5)),
        ("may 2021", QueryDate(year: 2021, month: 5)),
        ("in  May", nil),
        ("What may Melanie paint?", nil),
        ("what may 3 people do", QueryDate(month: 5, day: 3)),
        ("Maybe in 1999", nil),
        ("12020", nil),
        ("May 5th", nil),
        ("by 45 june", QueryDate(month: 6)),
        ("dec 0 2023", QueryDate(year: 2023, month: 12)),
        ("marching 5 march", QueryDate(month: 3, day: 5)),
    ]

    @Test(arguments: cases) func datesAreReadAsByTheReference(_ question: String, _ date: QueryDate?) {
        #expect(QueryDate(question: question) == date)
    }

    // python3: date_match(qd, datetime(…).timestamp()) with TZ=UTC
    @Test func matchFollowsTheDistance() {
        let noon: Int64 = 1_683_460_800_000  // 2023-05-07T12:00:00Z
        let day: Int64 = 86_400_000
        func match(_ date: QueryDate, _ offsetDays: Int64, zone: Int = 0) -> Float {
            DateMatch.value(date, atMilliseconds: noon + offsetDays * day, utcOffsetSeconds: zone)
        }
        let full = QueryDate(year: 2023, month: 5, day: 7)
        #expect(match(full, 0) == 1 && match(full, 1) == 1 && match(full, -1) == 1)
        #expect(match(full, -2) == 0)
        #expect(abs(match(full, 6) - 0.39511776) < 1e-6)  // e^(−6.5/7)
        #expect(match(full, 30) == 0)
        #expect(match(QueryDate(month: 5, day: 7), 365) == 1)
        #expect(match(QueryDate(year: 2023, month: 5), 0) == 1)
        #expect(match(QueryDate(year: 2023, month: 4), 0) == 0.4)
        #expect(match(QueryDate(year: 2023), 0) == 0.3)
        #expect(match(QueryDate(year: 2022, month: 12), 0) == 0)
        #expect(match(QueryDate(year: 2023, month: 2, day: 30), 0) == 0)
        // 13:00 further east the next day has begun: 7 May 12:00 + 13 h = 8 May 01:00.
        #expect(match(QueryDate(year: 2023, month: 5, day: 9), 0, zone: 13 * 3600) == 1)
        #expect(match(QueryDate(year: 2023, month: 5, day: 9), 0) == 0)
    }
}

@Suite struct TextTraitsTests {
    @Test func traitsAreThoseOfTheText() {
        let traits = TextTraits(text: "Did we meet last June?", caption: "a photo")
        #expect(traits.tokenCount == 7)
        #expect(traits.asksQuestion && traits.namesTime)
        #expect(traits.firstPersonShare == 0.2)
    }

    @Test(arguments: [
        ("I went Yesterday.", true), ("mondays", false), ("May I?", true), ("in 1999", true),
        ("in 2150", false), ("a19991", false), ("year_2020", false), ("weekend!", true), ("", false),
        ("éjune", false), ("last", true), ("everlasting", false), ("week", true),
    ]) func timeWordsStandAlone(_ text: String, _ expected: Bool) {
        #expect(TextTraits(text: text).namesTime == expected)
    }

    @Test func captionSaysNothingOfTimeOrQuestions() {
        let traits = TextTraits(text: "hello", caption: "yesterday?")
        #expect(!traits.namesTime && !traits.asksQuestion && traits.firstPersonShare == 0)
    }
}
