import Glibc

/// `context.v1`: a candidate against the user's past events (learning.md). A candidate is what its entities are: those
/// that the memory mentions, the strongest value over them.
extension ColumnCatalog {
    static let context: [Column] =
        [
            column(
                "context.is_focal", "1 if an entity of it is in focus this turn", range: "0/1",
                source: "graph, caller"
            ) { c, _ in c.context.map { $0.isFocal ? 1 : 0 } },
            column(
                "context.coact_lift",
                "P last, Q its entity: max ln((n_PQ + 4·p_Q)/((n_P + 4)·p_Q)), p_Q = n_Q/events with entities; within ±8",
                unit: "nats", range: "−8–8", source: events
            ) { c, _ in c.context?.succession?.lift },
            column(
                "context.coact_support", "ln(1 + max n_PQ): times that Q followed P", range: "≥ 0",
                source: events
            ) { c, _ in c.context?.succession.map { log1p(Float($0.count)) } },
            count("context.count_6h", "6 h", 0),
            count("context.count_2d", "2 d", 1),
            count("context.count_14d", "14 d", 2),
            column(
                "context.count_last8", "of the user's last 8 events, those with it", unit: "count",
                range: "0–8", source: events
            ) { c, _ in c.context.map { Float($0.countInLastEight) } },
            column("context.n_seen", "ln(1 + events with it)", range: "≥ 0", source: events) { c, _ in
                c.context.map { log1p(Float($0.seenCount)) }
            },
            column(
                "context.burst_lift",
                "ln((c_6h + ½)/(c_14d·W_6h/W_14d + ½)), c_τ = Σ e^(−age/τ), W_τ = τ(1 − e^(−T/τ)), T since the first event; within ±8",
                unit: "nats", range: "−8–8", source: events
            ) { c, _ in c.context?.burstLift },
            column(
                "context.dow_lift",
                "ln((n_d + 4·q_d)/((n + 4)·q_d)), n_d of its n events on this weekday, q_d = (N_d + 1)/(N + 7) of all events; user's zone, within ±8",
                unit: "nats", range: "−8–8", source: events
            ) { c, _ in c.context?.weekdayLift },
            column(
                "context.hour_lift",
                "the same by hour: n_h and N_h with weights ¼, ½, ¼ over the hour and those beside it, q_h = (N_h + 1)/(N + 24)",
                unit: "nats", range: "−8–8", source: events
            ) { c, _ in c.context?.hourLift },
        ] + [1.0, 4, 16, 64].map(decay) + [
            column(
                "context.focal_visible", "1 if the turn names an entity in focus", range: "0/1",
                source: "caller"
            ) { _, t in
                t.context.map { $0.hasFocal ? 1 : 0 }
            },
            column(
                "context.gap_days", "days since the user's last event", unit: "days", range: "≥ 0",
                source: events
            ) { _, t in
                t.context?.gapDays.map { Float($0) }
            },
            column(
                "context.in_session", "1 if the user's last event is at most 30 minutes old", range: "0/1",
                source: events
            ) {
                _, t in t.context.map { $0.isInSession ? 1 : 0 }
            },
        ]

    private static let events = "events before the turn"

    private static func count(_ name: String, _ constant: String, _ place: Int) -> Column {
        column(name, "ln(1 + Σ e^(−age/\(constant))) over events with it", range: "≥ 0", source: events) {
            c, _ in
            c.context.map { Float(log1p($0.decayedCounts[place])) }
        }
    }

    private static func decay(_ days: Double) -> Column {
        column(
            "context.decay_\(Int(days))d", "e^(−gap/\(Int(days)) d), gap since its entity was seen last",
            range: "0–1",
            source: events
        ) { c, _ in c.context?.gapDays.map { Float(exp(-$0 / days)) } }
    }
}
