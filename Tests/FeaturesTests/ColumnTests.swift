import Features
import Testing

@Suite struct ColumnTests {
    private let now: Int64 = 1_700_000_000_000  // 2023-11-14T22:13:20Z, a Tuesday

    private func pool() -> CallerPool {
        let turns: [(String, String)] = [
            ("Ann", "Where did you paint the lake, Bob?"), ("Bob", "In June, near Lucerne."),
            ("Ann", "Lovely painting!"), ("Bob", "Thanks"),
        ]
        return CallerPool(
            turns.enumerated().map { index, turn in
                var candidate = CallerPool.Candidate(text: turn.1)
                candidate.author = turn.0
                candidate.session = index < 3 ? "first" : "second"
                candidate.facts.createdAtMilliseconds = now - Int64(index) * 86_400_000
                candidate.facts.importance = index == 0 ? nil : Float(index) / 4
                candidate.facts.entityID = "entity"
                candidate.facts.accessCount = Int32(index)
                return candidate
            })
    }

    private func features(_ question: String, zone: Int = 0) -> PoolFeatures {
        pool().features(
            question: question, moment: TurnMoment(nowMilliseconds: now, utcOffsetSeconds: zone))
    }

    @Test func everyColumnIsFiniteWhateverIsAsked() throws {
        let names = ColumnCatalog.all.map(\.identity)
        #expect(Set(names).count == names.count)
        for question in ["Where did Bob paint in June 2023?", "", "🌞"] {
            let matrix = try features(question).fill(requested: names)
            #expect(matrix.values.allSatisfy { $0.isFinite })
            #expect(matrix.values.count == 4 * names.count)
        }
        let empty = CallerPool([]).features(question: "x", moment: TurnMoment(nowMilliseconds: now))
        let none = try empty.fill(requested: names)
        #expect(none.values.isEmpty)
    }

    @Test func absurdInputStaysFiniteAndDoesNotTrap() throws {
        let extremes: [(Int64, Int32, Float)] = [
            (.max, .max, .infinity), (.min, .min, -.infinity), (0, 0, .nan), (0, 0, .greatestFiniteMagnitude),
        ]
        let candidates = extremes.map { time, ordinal, number in
            var candidate = CallerPool.Candidate(text: "\u{0}lake \u{FFFF} 7 May 2023?")
            candidate.session = "s"
            candidate.author = ""
            candidate.ordinal = ordinal
            candidate.facts.createdAtMilliseconds = time
            candidate.facts.importance = number
            candidate.facts.accessCount = ordinal
            candidate.facts.lastAccessMilliseconds = time
            candidate.facts.structuralDensity = number
            candidate.cosine = number
            candidate.graphSupport = number
            var use = UseFacts()
            (use.ageHours, use.count, use.decayedCount60Days, use.recencyRank) = (number, number, number, -5)
            candidate.use = use
            return candidate
        }
        for now in [Int64.min, 0, .max] {
            let matrix = try CallerPool(candidates).features(
                question: "lake on 7 May 2023?", moment: TurnMoment(nowMilliseconds: now, utcOffsetSeconds: .max)
            ).fill(requested: ColumnCatalog.all.map(\.identity))
            #expect(matrix.values.allSatisfy { $0.isFinite })
        }
    }

    @Test func answerIsFoundThroughTheQuestionBeforeIt() throws {
        let matrix = try features("Where did Bob paint the lake?").fill(
            requested: ["text.bm25@1", "text.answer@1", "text.context@1", "text.context_rel@1"])
        #expect(matrix[1, 0] == 0)
        #expect(matrix[1, 1] == matrix[0, 0])
        #expect(abs(matrix[1, 2] - 0.9 * matrix[0, 0]) < 1e-5)
        #expect(matrix[0, 3] == 1)
    }

    @Test func absentColumnsSaySoAndHoldTheirDocumentedValue() throws {
        let matrix = try features("paint").fill(
            requested: ["vector.cosine@1", "use.actor_age_h@1", "time.date_match@1", "text.bm25@1", "prior.graph@1"])
        #expect(matrix.present == [0, 0, 0, 1, 0])
        #expect(matrix[0, 1] == ColumnCatalog["use.actor_age_h@1"]?.absent)
        #expect(matrix[0, 4] == 0.5)
    }

    @Test func unknownColumnsAreNamedAllAtOnce() {
        let error = #expect(throws: UnknownColumns.self) {
            try features("x").fill(requested: ["text.bm25@1", "text.bm25@2", "nonsense@1"])
        }
        #expect(error?.unknown == ["text.bm25@2", "nonsense@1"])
        #expect(error?.known.contains("text.bm25@1") == true)
    }

    @Test func memoryColumnsFollowTheUsersClock() throws {
        // 22:13:20 UTC is 23:13:20 one hour east; two hours east it is Wednesday.
        let matrix = try features("", zone: 3600).fill(requested: ColumnCatalog.memoryV1)
        #expect(matrix.columnCount == 17)
        let hour: Float = 23 + 13 / 60 + 20 / 3600.0
        #expect(abs(matrix[0, 3] - sine(hour / 24)) < 1e-5)
        #expect(abs(matrix[0, 5] - sine(2 / 7)) < 1e-6)  // Tuesday = 2
        #expect(abs(matrix[0, 7] - sine(10 / 12)) < 1e-6)  // November = 10
        let later = try features("", zone: 7200).fill(requested: ["memory.dow_sin@1"])
        #expect(abs(later[0, 0] - sine(3 / 7)) < 1e-6)
        #expect(matrix[0, 1] == 0.5 && matrix[3, 1] == 0.75)
        #expect(abs(matrix[2, 0] - 1.0986123) < 1e-6)  // ln 3
        // node: h=2166136261; for (c of "entity") h=Math.imul(h^c.charCodeAt(),16777619)>>>0; h%256
        #expect(matrix[0, 12] == Float(HashedSlot.index("entity")) / 255)
    }

    @Test func slotsAreFNV1aOverUTF16() {
        // python3: h=2166136261; for u in utf16 units: h=(h^u)*16777619 % 2**32; h % 256
        #expect(HashedSlot.index("entity") == 218)
        #expect(HashedSlot.index("Zürich 🌞") == 205)
        #expect(HashedSlot.value(nil) == 0)
    }

    @Test func futureMemoriesHaveAgeZero() throws {
        var candidate = CallerPool.Candidate(text: "x")
        candidate.facts.createdAtMilliseconds = now + 1_000_000
        let matrix = try CallerPool([candidate]).features(
            question: "", moment: TurnMoment(nowMilliseconds: now)
        ).fill(requested: ["memory.age_days@1", "memory.log_age_days@1", "prior.recency@1"])
        #expect(matrix.values == [0, 0, 1])
    }

    @Test func poolExtremesStandInEveryRow() throws {
        let matrix = try features("paint").fill(
            requested: ["memory.relevance@1", "pool.relevance_min@1", "pool.relevance_max@1"])
        let relevance = (0..<4).map { matrix[$0, 0] }
        for row in 0..<4 {
            #expect(matrix[row, 1] == relevance.min() && matrix[row, 2] == relevance.max())
        }
    }

    @Test func orderOfCandidatesDoesNotMatterWithOrdinals() throws {
        var candidates = ["a lake", "yes", "no"].enumerated().map { index, text in
            var candidate = CallerPool.Candidate(text: text)
            candidate.session = "s"
            candidate.ordinal = Int32(index)
            return candidate
        }
        let moment = TurnMoment(nowMilliseconds: now)
        let names = ["text.context@1", "text.window2@1", "text.prev@1", "place.fraction@1"]
        let forward = try CallerPool(candidates).features(question: "lake", moment: moment).fill(requested: names)
        candidates.reverse()
        let backward = try CallerPool(candidates).features(question: "lake", moment: moment).fill(requested: names)
        for row in 0..<3 {
            for column in 0..<4 { #expect(forward[row, column] == backward[2 - row, column]) }
        }
    }

    @Test func catalogPrintsOneLinePerColumn() {
        let lines = ColumnCatalog.markdown().split(separator: "\n")
        #expect(lines.count == ColumnCatalog.all.count + 2)
        #expect(lines.contains { $0.hasPrefix("| `memory.log_age_days@1` |") })
        #expect(lines.allSatisfy { $0.count { $0 == "|" } == 7 })
    }
}

/// sin 2πx
private func sine(_ turns: Float) -> Float {
    // Taylor series around 0 after folding to ±π: exact enough for 1e-6, and no library needed.
    var x = Double(turns) * 2 * .pi
    if x > .pi { x -= 2 * .pi }
    var term = x
    var sum = x
    for k in 1..<20 {
        term *= -x * x / Double(2 * k * (2 * k + 1))
        sum += term
    }
    return Float(sum)
}
