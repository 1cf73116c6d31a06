import Features
import Foundation
import Testing

/// Counters in O(1) per event against the same figures from the raw events, and their bytes.
@Suite struct ContextCounterTests {
    @Test(arguments: 0..<20) func updatesAgreeWithARecomputationFromTheRawEvents(seed: UInt64) {
        let events = RandomHistory.make(seed: seed, count: 200)
        var history = ContextHistory()
        for (place, event) in events.enumerated() {
            history.record(event)
            guard place % 10 == 9 else { continue }
            // Also through the bytes, as a store keeps it.
            history = Self.throughBytes(history)
            let now = event.atMilliseconds + Int64(place) * 1_000_000
            let raw = RawEvents(events: Array(events[...place]))
            var view = ContextView(
                history, focal: [], nowMilliseconds: now, utcOffsetSeconds: event.utcOffsetSeconds)
            for entity in RandomHistory.entities {
                let found = view.facts(of: [entity])
                guard let expected = raw.facts(of: entity, at: now, utcOffsetSeconds: event.utcOffsetSeconds),
                    let found
                else {
                    #expect(found == ContextFacts(), "never seen, so nothing is known")
                    continue
                }
                #expect(
                    found.seenCount == expected.seenCount
                        && found.countInLastEight == expected.countInLastEight)
                // float32 of double sums; the running decay multiplies up to 200 factors
                for place in 0..<3 {
                    #expect(abs(found.decayedCounts[place] - expected.decayedCounts[place]) < 1e-9 * 200)
                }
                #expect(found.gapDays == expected.gapDays)
                for key in [\ContextFacts.weekdayLift, \.hourLift, \.burstLift, \.succession?.lift] {
                    let (a, b) = (found[keyPath: key], expected[keyPath: key])
                    #expect((a == nil) == (b == nil) && abs((a ?? 0) - (b ?? 0)) < 1e-5)
                }
                #expect(found.succession?.count == expected.succession?.count)
            }
        }
    }

    @Test func decayedCountsDoNotDependOnTheOrderOfEvents() {
        let events = RandomHistory.make(seed: 99, count: 60)
        var (forward, backward) = (ContextHistory(), ContextHistory())
        for event in events { forward.record(event) }
        for event in events.reversed() { backward.record(event) }
        for (id, counters) in forward.entities {
            let other = backward.entities[id]
            #expect(
                other?.seenCount == counters.seenCount
                    && other?.lastSeenMilliseconds == counters.lastSeenMilliseconds)
            for place in 0..<3 {
                let now = events.last.map(\.atMilliseconds) ?? 0
                let difference =
                    counters.decayedCount(place, atMilliseconds: now)
                    - (other?.decayedCount(place, atMilliseconds: now) ?? 0)
                #expect(abs(difference) < 1e-9)
            }
        }
        #expect(backward.transitions.isEmpty, "what comes late follows nothing")
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        var history = ContextHistory()
        for event in RandomHistory.make(seed: 5, count: 300) { history.record(event) }
        #expect(try UserRhythm(encoded: history.rhythm.encoded) == history.rhythm)
        for counters in history.entities.values {
            #expect(try EntityCounters(encoded: counters.encoded) == counters)
            #expect(counters.encoded.count <= 96, "compact: \(counters.encoded.count) bytes")
        }
    }

    @Test func cutLongerAndForeignBytesAreRefused() throws {
        var history = ContextHistory()
        for event in RandomHistory.make(seed: 6, count: 50) { history.record(event) }
        let counters = try #require(history.entities.values.first).encoded
        let rhythm = history.rhythm.encoded
        for length in 0..<counters.count {
            #expect(throws: CounterBytesError.self) {
                try EntityCounters(encoded: Array(counters.prefix(length)))
            }
        }
        for length in 0..<rhythm.count {
            #expect(throws: CounterBytesError.self) { try UserRhythm(encoded: Array(rhythm.prefix(length))) }
        }
        #expect(throws: CounterBytesError.self) { try EntityCounters(encoded: counters + [0]) }
        #expect(throws: CounterBytesError.self) { try UserRhythm(encoded: rhythm + [0]) }
        #expect(throws: CounterBytesError.self) { try EntityCounters(encoded: [2] + counters.dropFirst()) }
        #expect(throws: CounterBytesError.self) { try EntityCounters(encoded: rhythm) }
    }

    @Test func noBytesWhateverLeadToACrashOrToAbsurdFigures() {
        var history = ContextHistory()
        for event in RandomHistory.make(seed: 7, count: 50) { history.record(event) }
        var random = RandomHistory.Generator(state: 8)
        let good = history.entities.values.map(\.encoded) + [history.rhythm.encoded]
        for _ in 0..<20_000 {
            var bytes = good[Int(random.next() % UInt64(good.count))]
            for _ in 0...(random.next() % 3) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            var other = ContextHistory()
            if let rhythm = try? UserRhythm(encoded: bytes) { other.rhythm = rhythm }
            if let counters = try? EntityCounters(encoded: bytes) { other.entities[1] = counters }
            other.record(
                ContextEvent(atMilliseconds: 1_700_000_000_000, utcOffsetSeconds: 0, entities: [1, 2]))
            var view = ContextView(other, focal: [], nowMilliseconds: 1_700_000_100_000, utcOffsetSeconds: 0)
            var candidate = CandidateFacts()
            candidate.context = view.facts(of: [1, 2])
            var turn = TurnFacts()
            turn.context = view.turn
            let names = ColumnCatalog.names.filter { $0.hasPrefix("context.") }
            let values = (try? ColumnMatrix(names: names, candidates: [candidate], turn: turn).values) ?? []
            #expect(values.count == names.count && values.allSatisfy(\.isFinite))
        }
    }

    @Test func aCommitOverAThousandFilesCostsNoMoreThanOneOverThirtyTwo() {
        var history = ContextHistory()
        history.record(ContextEvent(atMilliseconds: 0, utcOffsetSeconds: 0, entities: Array(0..<1000)))
        history.record(ContextEvent(atMilliseconds: 1, utcOffsetSeconds: 0, entities: Array(0..<1000)))
        #expect(history.entities.count == 32 && history.transitions.count == 64)
    }

    private static func throughBytes(_ history: ContextHistory) -> ContextHistory {
        var copy = history
        copy.rhythm = (try? UserRhythm(encoded: history.rhythm.encoded)) ?? UserRhythm()
        copy.entities = history.entities.compactMapValues { try? EntityCounters(encoded: $0.encoded) }
        return copy
    }
}
