import Features
import Testing

@Suite struct ColumnTests {
    private let now: Int64 = 1_700_000_000_000  // 2023-11-14T22:13:20Z, a Tuesday

    private func turn(zone: Int = 0) -> TurnFacts {
        var turn = TurnFacts()
        turn.nowMilliseconds = now
        turn.utcOffsetSeconds = zone
        return turn
    }

    private func fill(_ names: [String], _ candidates: [CandidateFacts], zone: Int = 0) throws -> ColumnMatrix
    {
        try ColumnMatrix(names: names, candidates: candidates, turn: turn(zone: zone))
    }

    @Test func namesAreUniqueAndTheFirstSeventeenAreMemoryV1() {
        #expect(Set(ColumnCatalog.names).count == ColumnCatalog.names.count)
        #expect(Array(ColumnCatalog.names.prefix(17)) == ColumnCatalog.memoryV1)
    }

    @Test func clockColumnsFollowTheUsersZone() throws {
        // 22:13:20 UTC is 23:13:20 one hour east; two hours east it is Wednesday.
        let candidate = CandidateFacts()
        let names = ["memory.tod_sin@1", "memory.dow_sin@1", "memory.moy_sin@1"]
        let east = try fill(names, [candidate], zone: 3600).values
        // python3: [math.sin(2*math.pi*x) for x in ((23+13/60+20/3600)/24, 2/7, 10/12)]
        for (found, expected) in zip(east, [-0.2022, 0.9749, -0.8660] as [Float]) {
            #expect(abs(found - expected) < 1e-4)
        }
        let wednesday = try fill(["memory.dow_sin@1"], [candidate], zone: 7200).values
        #expect(abs(wednesday[0] - 0.4339) < 1e-4)  // sin(2π·3/7)
    }

    @Test func absentValuesAreTheDocumentedOnes() throws {
        let values = try fill(
            [
                "memory.importance@1", "vector.cosine@1", "use.actor_age_h@1", "prior.graph@1",
                "text.window2@1",
            ], [CandidateFacts()]
        ).values
        #expect(values[0] == 0.5 && values[1] == 0 && values[3] == 0.5 && values[4] == 0)
        #expect(abs(values[2] - 11.472) < 1e-3)  // python3: math.log(96001)
    }

    @Test func everyColumnStaysFiniteOnAbsurdFacts() throws {
        var absurd = CandidateFacts()
        absurd.createdAtMilliseconds = .min / 4
        absurd.lastAccessMilliseconds = .max / 4
        absurd.accessCount = .max
        absurd.importance = 1
        absurd.structuralDensity = .max
        absurd.ordinal = .max
        absurd.sessionLength = 1
        absurd.cosine = -1
        absurd.vectorRank = .max - 1
        absurd.recencyRank = .max
        var use = UseFacts()
        use.actorAgeHours = 1e30
        use.decayed3Days = 1e30
        absurd.use = use
        let matrix = try fill(ColumnCatalog.names, [absurd, CandidateFacts()])
        for (place, value) in matrix.values.enumerated() {
            #expect(value.isFinite, "\(ColumnCatalog.names[place % ColumnCatalog.names.count])")
        }
    }

    @Test func anUnknownColumnIsNamed() {
        #expect(throws: (any Error).self) { try fill(["text.bm25@2"], [CandidateFacts()]) }
    }

    @Test func aColumnThatTheCallerGivesWins() throws {
        var given = CandidateFacts()
        given.given = ["memory.importance@1": 0.125]
        given.importance = 0.9
        #expect(try fill(["memory.importance@1"], [given]).values == [0.125])
    }

    @Test func theTimeThatADateMeansHoldsWhatMatchesIt() throws {
        let day = try #require(QueryDate(question: "What happened on 7 May 2023?"))
        let range = try #require(DateMatch.milliseconds(of: day, utcOffsetSeconds: 0))
        for hour in stride(from: Int64(-40), to: 240, by: 3) {
            let at = 1_683_417_600_000 + hour * 3_600_000  // 2023-05-07
            if DateMatch.value(day, atMilliseconds: at, utcOffsetSeconds: 0) > 0.5 {
                #expect(range.contains(at), "\(hour)")
            }
        }
        let month = try #require(QueryDate(question: "in June 2023"))
        #expect(DateMatch.milliseconds(of: month, utcOffsetSeconds: 0)?.contains(1_687_000_000_000) == true)
        #expect(
            DateMatch.milliseconds(of: QueryDate(year: 2023, month: 2, day: 30), utcOffsetSeconds: 0) == nil)
        #expect(DateMatch.milliseconds(of: QueryDate(month: 2, day: 3), utcOffsetSeconds: 0) == nil)
    }
}
