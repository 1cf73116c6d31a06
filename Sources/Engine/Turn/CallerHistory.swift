import Features
import Host

/// The caller's own events as scorers see them: what the clock says is computed, ids become the ids of rows.
struct CallerHistory {
    let idKey: UInt64
    let utcOffsetSeconds: Int
    /// As for the store's sessions: half an hour without an event ends a conversation.
    private static let conversationGapSeconds = TurnContext.sessionGapDays * 86_400

    /// - Throws: if the events aren't in order of time, or a column has no name that events have.
    func given(_ events: [CallerEvent]) throws -> GivenEvents {
        var conversationBegan = events.first?.atMilliseconds ?? 0
        return GivenEvents(
            try events.enumerated().map { place, event in
                let last = place == 0 ? nil : events[place - 1].atMilliseconds
                if let last, event.atMilliseconds < last {
                    throw EngineError(
                        .invalidInput,
                        "event \(place + 1) is at \(event.atMilliseconds) ms, before event \(place) at \(last) ms; "
                            + "allowed: oldest first")
                }
                let seconds = last.map { Double(event.atMilliseconds - $0) / 1000 }
                if seconds.map({ $0 > Self.conversationGapSeconds }) ?? true { conversationBegan = event.atMilliseconds }
                return given(event, place, seconds, conversationBegan: conversationBegan, try columns(event, place))
            })
    }

    private func given(
        _ event: CallerEvent, _ place: Int, _ seconds: Double?, conversationBegan: Int64, _ own: [String: Float]
    ) -> GivenEvents.Event {
        var facts = EventFacts(atMilliseconds: event.atMilliseconds)
        facts.utcOffsetSeconds = utcOffsetSeconds
        facts.secondsSinceLast = seconds
        facts.conversationSeconds = Double(event.atMilliseconds - conversationBegan) / 1000
        facts.focalCount = event.focalEntities.count
        facts.injectedCount = event.injected.count
        facts.referencedCount = event.referenced.count
        let computed = Dictionary(uniqueKeysWithValues: zip(EventCatalog.names, EventCatalog.values(facts)))
        let ids =
            event.focalEntities.map { (RowID.make("entity:\($0.lowercased())", key: idKey), EventBlock.Role.focal) }
            + event.aspects.map { (RowID.make("aspect:\($0.lowercased())", key: idKey), .aspect) }
            + event.injected.map { (RowID.make($0, key: idKey), .injected) }
            + event.referenced.map { (RowID.make($0, key: idKey), .referenced) }
        return GivenEvents.Event(
            atMilliseconds: event.atMilliseconds, columns: computed.merging(own) { _, own in own }, ids: ids.map(\.0),
            roles: ids.map(\.1))
    }

    private func columns(_ event: CallerEvent, _ place: Int) throws -> [String: Float] {
        for (name, value) in event.columns {
            guard EventCatalog.names.contains(name) else {
                throw EngineError(
                    .invalidInput,
                    "event \(place + 1): unknown column \"\(name)\"; allowed: \(EventCatalog.names.joined(separator: ", "))")
            }
            guard value.isFinite else {
                throw EngineError(.invalidInput, "event \(place + 1): column \"\(name)\" is not finite")
            }
        }
        return event.columns
    }
}
