import Glibc

/// What is known when a turn begins, with the outcome of the turn before: the stuff of one event.
package struct EventFacts: Sendable {
    package var atMilliseconds: Int64
    package var utcOffsetSeconds = 0
    /// nil = the first event.
    package var secondsSinceLast: Double?
    package var conversationSeconds = 0.0
    package var focalCount = 0
    package var injectedCount = 0
    package var referencedCount = 0
    /// Mean rating of the last turn, −1…1; nil = it was not rated.
    package var rating: Double?
    package var hits = 0
    package var queryBytes = 0

    package init(atMilliseconds: Int64) { self.atMilliseconds = atMilliseconds }
}

/// Columns of events, `event.v1`. The order is that of stored events: new columns go to the end, nothing is taken out.
package enum EventCatalog {
    package struct EventColumn: Sendable {
        package let name: String
        package let formula: String
        package let range: String
        let value: @Sendable (EventFacts) -> Float
    }

    package static let columns: [EventColumn] = [
        column("log_gap_s", "ln(1 + seconds since the user's last event); 0 for the first", "≥ 0") {
            log1p(Float(max(0, $0.secondsSinceLast ?? 0)))
        },
        column("gap_days", "days since the user's last event; 0 for the first", "≥ 0") {
            Float(max(0, $0.secondsSinceLast ?? 0) / 86_400)
        },
        column("tod_sin", "sin(2π·hour/24), user's zone", "−1–1") { sin(angle(civil($0).hour, 24)) },
        column("tod_cos", "cos(2π·hour/24), user's zone", "−1–1") { cos(angle(civil($0).hour, 24)) },
        column("dow_sin", "sin(2π·weekday/7), Sunday = 0", "−1–1") { sin(angle(Double(civil($0).weekday), 7)) },
        column("dow_cos", "cos(2π·weekday/7), Sunday = 0", "−1–1") { cos(angle(Double(civil($0).weekday), 7)) },
        column("log_session_age_s", "ln(1 + seconds since the conversation's first event)", "≥ 0") {
            log1p(Float(max(0, $0.conversationSeconds)))
        },
        column("focal_count", "entities in focus", "≥ 0") { Float($0.focalCount) },
        column("injected_count", "memories that the last turn showed", "≥ 0") { Float($0.injectedCount) },
        column("agent_relevance", "mean rating of the last turn; 0 = not rated", "−1–1") { Float($0.rating ?? 0) },
        column("fts_hit_count", "memories of the last turn that a later search found again", "≥ 0") { Float($0.hits) },
        column("was_referenced", "1 if the agent used a memory of the last turn", "0/1") { $0.referencedCount > 0 ? 1 : 0 },
        column("log_query_bytes", "ln(1 + bytes of the question)", "≥ 0") { log1p(Float($0.queryBytes)) },
    ]

    package static let names = columns.map(\.name)

    /// All columns in order; finite.
    package static func values(_ facts: EventFacts) -> [Float] {
        columns.map { column in
            let value = column.value(facts)
            return value.isFinite ? value : 0
        }
    }

    /// For docs/columns.md.
    package static var markdown: String {
        columns.reduce("| event column | formula | range |\n|---|---|---|\n") {
            $0 + "| `\($1.name)` | \($1.formula) | \($1.range) |\n"
        }
    }

    private static func column(
        _ name: String, _ formula: String, _ range: String, _ value: @escaping @Sendable (EventFacts) -> Float
    ) -> EventColumn {
        EventColumn(name: "event.\(name)@1", formula: formula, range: range, value: value)
    }

    private static func civil(_ facts: EventFacts) -> CivilTime {
        CivilTime(unixMilliseconds: facts.atMilliseconds, utcOffsetSeconds: facts.utcOffsetSeconds)
    }

    private static func angle(_ value: Double, _ period: Double) -> Float { Float(2 * Double.pi * value / period) }
}
