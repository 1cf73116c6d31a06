import Features
import Testing

/// The columns of `context.v1` against values worked out by hand (python3 beside each).
@Suite struct ContextColumnTests {
    private let hour: Int64 = 3_600_000
    private var day: Int64 { 24 * hour }
    /// Monday 2023-11-13T09:30:00Z
    private let monday: Int64 = 1_699_867_800_000

    private func history(_ events: [(at: Int64, entities: [Int64])], zone: Int = 0) -> ContextHistory {
        var history = ContextHistory()
        for event in events {
            history.record(
                ContextEvent(atMilliseconds: event.at, utcOffsetSeconds: zone, entities: event.entities))
        }
        return history
    }

    private func value(
        _ column: String, of entities: [Int64], in history: ContextHistory, at now: Int64,
        focal: Set<Int64> = [], zone: Int = 0
    ) throws -> Float {
        var view = ContextView(history, focal: focal, nowMilliseconds: now, utcOffsetSeconds: zone)
        var candidate = CandidateFacts()
        candidate.context = view.facts(of: entities)
        var turn = TurnFacts()
        turn.context = view.turn
        return try ColumnMatrix(names: ["context.\(column)@1"], candidates: [candidate], turn: turn).values[0]
    }

    private func expect(_ found: Float, _ expected: Float, _ comment: Comment? = nil) {
        // float32 of sums in double
        #expect(abs(found - expected) < 2e-6 * max(1, abs(expected)), comment)
    }

    @Test func aCandidateIsFocalIfOneOfItsEntitiesIs() throws {
        let none = ContextHistory()
        #expect(try value("is_focal", of: [3, 5], in: none, at: 0, focal: [5]) == 1)
        #expect(try value("is_focal", of: [3], in: none, at: 0, focal: [5]) == 0)
        #expect(try value("focal_visible", of: [], in: none, at: 0, focal: [5]) == 1)
        #expect(try value("focal_visible", of: [], in: none, at: 0) == 0)
    }

    @Test func countsDecayWithTheirTimeConstants() throws {
        let past = history([(monday, [1]), (monday + 6 * hour, [1]), (monday + 7 * hour, [2])])
        let now = monday + 12 * hour
        // math.log1p(math.exp(-2) + math.exp(-1)), then τ = 48 h and 336 h with ages 12 h and 6 h
        expect(try value("count_6h", of: [1], in: past, at: now), 0.4076059644443806)
        expect(try value("count_2d", of: [1], in: past, at: now), 0.9788138555830073)
        expect(try value("count_14d", of: [1], in: past, at: now), 1.080861435503579)
        // math.log1p(2)
        expect(try value("n_seen", of: [1], in: past, at: now), 1.0986123)
        #expect(try value("n_seen", of: [9], in: past, at: now) == 0)
    }

    @Test func theLastEightEventsAreCountedWhateverTheyWereAbout() throws {
        var events: [(at: Int64, entities: [Int64])] = [(monday, [1]), (monday + 1, [1])]
        for place in 2..<7 { events.append((monday + Int64(place), place == 4 ? [1] : [])) }
        #expect(try value("count_last8", of: [1], in: history(events), at: monday + day) == 3)
        events += [(monday + 7, []), (monday + 8, [])]
        #expect(try value("count_last8", of: [1], in: history(events), at: monday + day) == 2)
        for place in 9..<20 { events.append((monday + Int64(place), [2])) }
        #expect(try value("count_last8", of: [1], in: history(events), at: monday + day) == 0)
        #expect(try value("count_last8", of: [2], in: history(events), at: monday + day) == 8)
    }

    @Test func theGapDecaysWithFourTimeConstants() throws {
        let past = history([(monday, [1])])
        let now = monday + 4 * day
        // [math.exp(-4/x) for x in (1, 4, 16, 64)]
        expect(try value("decay_1d", of: [1], in: past, at: now), 0.01831563888873418)
        expect(try value("decay_4d", of: [1], in: past, at: now), 0.36787944117144233)
        expect(try value("decay_16d", of: [1], in: past, at: now), 0.7788007830714049)
        expect(try value("decay_64d", of: [1], in: past, at: now), 0.9394130628134758)
        #expect(try value("decay_64d", of: [2], in: past, at: now) == 0)
    }

    @Test func aBurstStandsOutAgainstTheLongRate() throws {
        // One event fourteen days ago, three now.
        let past = history([(monday - 14 * day, [1]), (monday, [1]), (monday, [1]), (monday, [1, 2])])
        // w = lambda t: -t*math.expm1(-14/t)
        // math.log((3 + math.exp(-56) + .5) / ((3 + math.exp(-1))*w(.25)/w(14) + .5))
        expect(try value("burst_lift", of: [1], in: past, at: monday), 1.7717195703387894)
        // An even rate isn't a burst: an event each 6 hours for 28 days.
        let even = history((0..<112).map { (monday + $0 * 6 * hour, [1]) })
        #expect(abs(try value("burst_lift", of: [1], in: even, at: monday + 112 * 6 * hour)) < 0.5)
        #expect(try value("burst_lift", of: [9], in: past, at: monday) == 0)
    }

    @Test func weekdayAndHourAreWeighedAgainstTheUsersOwnRhythm() throws {
        // Four Mondays about 1, and four Tuesdays at 15:30 about 2.
        var events: [(at: Int64, entities: [Int64])] = []
        for week in Int64(0)..<4 {
            events.append((monday + week * 7 * day, [1]))
            events.append((monday + (week * 7 + 1) * day + 6 * hour, [2]))
        }
        let past = history(events)
        let now = monday + 28 * day
        // N = 8, q_Monday = 5/15: math.log((4 + 4/3) / (8/3)) and on Tuesday math.log((0 + 4/3) / (8/3))
        expect(try value("dow_lift", of: [1], in: past, at: now), 0.6931472)
        expect(try value("dow_lift", of: [2], in: past, at: now), -0.6931472)
        expect(try value("dow_lift", of: [1], in: past, at: now + day), -0.6931472)
        // At 9: n_h = N_h = 2, q = 3/32: math.log((2 + 4*3/32) / (8*3/32)); at 10: n_h = N_h = 1, q = 2/32.
        expect(try value("hour_lift", of: [1], in: past, at: now), 1.1526795)
        expect(try value("hour_lift", of: [1], in: past, at: now + hour), 0.9162907)
        // Someone who comes on Mondays only: that 1 is there on Mondays says little.
        let mondays = history((0..<8).map { (monday + $0 * 7 * day, $0 < 4 ? [1] : [2]) })
        #expect(try value("dow_lift", of: [1], in: mondays, at: now) < 0.3)
        #expect(try value("dow_lift", of: [9], in: past, at: now) == 0)
    }

    @Test func weekdayAndHourAreThoseOfTheUsersZone() throws {
        // 09:30 UTC on Monday is 23:30 on Monday 14 hours east, and Sunday 23:30 ten hours west.
        let east = history((0..<4).map { (monday + $0 * 7 * day, [1]) }, zone: 14 * 3600)
        let west = history((0..<4).map { (monday + $0 * 7 * day, [1]) }, zone: -10 * 3600)
        let now = monday + 28 * day
        #expect(try value("dow_lift", of: [1], in: east, at: now, zone: 14 * 3600) > 0)
        #expect(try value("dow_lift", of: [1], in: west, at: now, zone: -10 * 3600) > 0)
        // The same instant on another calendar is another weekday.
        #expect(try value("dow_lift", of: [1], in: west, at: now, zone: 0) < 0)
        #expect(try value("hour_lift", of: [1], in: east, at: now, zone: 0) < 0)
        #expect(
            try value("hour_lift", of: [1], in: east, at: now + hour / 2, zone: 14 * 3600) > 0,
            "0:00 is beside 23:30")
    }

    @Test func whatFollowsTheLastEntityIsLifted() throws {
        // 1 → 2, 1 → 2, 1 → 3, then 1 again.
        let past = history(
            [[1], [2], [1], [2], [1], [3], [1]].enumerated().map { (monday + Int64($0) * hour, $1) })
        let now = monday + 7 * hour
        // n_P = 3, p = 2/7: math.log((2 + 4*2/7) / (7*2/7)); for 3: math.log((1 + 4/7) / (7/7))
        expect(try value("coact_lift", of: [2], in: past, at: now), 0.4519851)
        expect(try value("coact_lift", of: [3], in: past, at: now), 0.4519851)
        // 1 never followed itself, p = 4/7: math.log((4*4/7) / (7*4/7))
        expect(try value("coact_lift", of: [1], in: past, at: now), -0.5596158)
        // math.log1p(2), math.log1p(1)
        expect(try value("coact_support", of: [2], in: past, at: now), 1.0986123)
        expect(try value("coact_support", of: [3, 9], in: past, at: now), 0.6931472)
        #expect(try value("coact_lift", of: [9], in: past, at: now) == 0)
    }

    @Test func anEventAboutNothingDoesNotBreakASuccession() throws {
        let past = history([[1], [], [2], [], [1], []].enumerated().map { (monday + Int64($0) * hour, $1) })
        expect(try value("coact_support", of: [2], in: past, at: monday + 6 * hour), 0.6931472)
    }

    @Test func theTurnKnowsItsGapAndWhetherItsSessionGoesOn() throws {
        let past = history([(monday, [])])
        expect(try value("gap_days", of: [], in: past, at: monday + 36 * hour), 1.5)
        #expect(try value("in_session", of: [], in: past, at: monday + hour / 2) == 1)
        #expect(try value("in_session", of: [], in: past, at: monday + hour / 2 + 1) == 0)
        #expect(try value("in_session", of: [], in: ContextHistory(), at: monday) == 0)
        #expect(try value("gap_days", of: [], in: past, at: monday - day) == 0, "a clock that went back")
    }

    @Test func overSeveralEntitiesTheStrongestCounts() throws {
        let past = history([(monday, [1]), (monday + day, [2]), (monday + day, [2])])
        let now = monday + 2 * day
        for column in [
            "n_seen", "decay_1d", "count_2d", "count_last8", "dow_lift", "hour_lift", "burst_lift",
        ] {
            let both = try value(column, of: [1, 2, 9], in: past, at: now)
            #expect(
                both
                    == max(
                        try value(column, of: [1], in: past, at: now),
                        try value(column, of: [2], in: past, at: now)), "\(column)")
        }
    }

    @Test func withoutContextTheColumnsAreAbsent() throws {
        let names = ColumnCatalog.names.filter { $0.hasPrefix("context.") }
        #expect(names.count == 18)
        let matrix = try ColumnMatrix(names: names, candidates: [CandidateFacts()], turn: TurnFacts())
        #expect(matrix.values.allSatisfy { $0 == 0 } && matrix.present.allSatisfy { $0 == 0 })
    }
}
