import Features
import Storage

/// Between the store's bytes and the counters of `Features`.
enum EventCounts {
    /// Counts events into stored counters. Damaged counters begin anew: they are derived, and a turn goes on without.
    static func fold(_ events: [CountedEvent], _ stored: CounterBytes) -> CounterBytes {
        var history = history(rhythm: stored.rhythm, entities: stored.entities)
        for event in events { history.record(ContextEvent(event)) }
        var changed = CounterBytes()
        changed.rhythm = history.rhythm.encoded
        for id in Set(events.flatMap(\.entities)) { changed.entities[id] = history.entities[id]?.encoded }
        for (transition, times) in history.transitions {
            changed.transitions[transition.first, default: [:]][transition.next] = Int(times)
        }
        return changed
    }

    static func history(rhythm: [UInt8]?, entities: [Int64: [UInt8]]) -> ContextHistory {
        var history = ContextHistory()
        if let known = rhythm.flatMap({ try? UserRhythm(encoded: $0) }) { history.rhythm = known }
        history.entities = entities.compactMapValues { try? EntityCounters(encoded: $0) }
        return history
    }
}

extension ContextEvent {
    init(_ event: CountedEvent) {
        self.init(
            atMilliseconds: event.atMilliseconds, utcOffsetSeconds: event.utcOffsetSeconds,
            entities: event.entities)
    }
}
