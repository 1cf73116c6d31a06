import Features

/// One event of a stream that asks: which of the live items will it touch?
struct AccessTurn {
    var candidates: [Int]
    var gold: Set<Int>

    /// nil = nobody asks: too many at once, or nothing that was there before.
    init?(_ event: AccessStream.Event, _ walk: AccessWalk) {
        guard !event.isBulk else { return nil }
        gold = Set(
            event.changes.map { change in
                switch change {
                case .touched(let number), .deleted(let number), .renamed(_, let number): number
                }
            }.filter { walk.items[$0]?.isLive == true })
        guard !gold.isEmpty else { return nil }
        candidates = walk.live
    }
}

/// Columns that a scorer of accesses reads by default: all that a store knows without words.
enum AccessColumns {
    static let rows: [String] =
        [
            "memory.log_age_days", "memory.log_access_count", "memory.log_session_gap_days", "use.count", "use.age_h",
            "use.created_d", "use.actor_co_recent", "use.actor_age_h", "use.decayed_60d", "use.decayed_3d",
            "use.recency_rank", "context.coact_lift", "context.coact_support", "context.count_6h", "context.count_2d",
            "context.count_14d", "context.count_last8", "context.n_seen", "context.burst_lift", "context.dow_lift",
            "context.hour_lift", "context.decay_1d", "context.decay_4d", "context.decay_16d", "context.decay_64d",
            "context.gap_days", "context.in_session",
        ].map { $0 + "@1" }

    static let events: [String] =
        [
            "log_gap_s", "gap_days", "tod_sin", "tod_cos", "dow_sin", "dow_cos", "log_session_age_s", "injected_count",
            "was_referenced",
        ].map { "event.\($0)@1" }
}
