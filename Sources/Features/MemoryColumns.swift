import Glibc

/// `memory.v1`: the 17 numbers the reference system sends, under names of ours. Source: `DESIGN.md` §5,
/// `references/signet.md` §4.
enum MemoryColumns {
    /// The 17 in the seeds' order.
    static let seventeen = [
        "log_age_days", "importance", "log_access_count", "tod_sin", "tod_cos", "dow_sin", "dow_cos",
        "moy_sin", "moy_cos", "log_session_gap_days", "is_embedded", "is_superseded", "entity_slot",
        "aspect_slot", "is_constraint", "log_structural_density", "is_graph_traversal",
    ].map { "memory.\($0)@1" }

    private static let source = "DESIGN §5, signet.md §4"

    private static func column(
        _ name: String, _ formula: String, unit: String = "", range: String, absent: Float = 0,
        _ values: @escaping @Sendable (PoolFeatures) -> [Float]
    ) -> ColumnDefinition {
        ColumnDefinition(
            "memory." + name, formula, unit: unit, range: range, absent: absent, source: source,
            values: values)
    }

    private static func cycle(
        _ name: String, _ formula: String, _ turns: @escaping @Sendable (LocalTime) -> Double
    ) -> [ColumnDefinition] {
        @Sendable func now(_ pool: PoolFeatures) -> Double {
            let moment = pool.moment
            return 2 * .pi * turns(
                LocalTime(
                    milliseconds: moment.nowMilliseconds, utcOffsetSeconds: moment.utcOffsetSeconds))
        }
        return [
            column("\(name)_sin", "sin 2π·\(formula)", range: "−1…1") { $0.constant(Float(sin(now($0)))) },
            column("\(name)_cos", "cos 2π·\(formula)", range: "−1…1") { $0.constant(Float(cos(now($0)))) },
        ]
    }

    static let definitions: [ColumnDefinition] =
        [
            column(
                "log_age_days", "ln(1 + days since created), future = 0", unit: "ln d", range: "≥ 0"
            ) { pool in
                pool.each { log1p(pool.moment.ageDays($0.facts.createdAtMilliseconds)) }
            },
            column("importance", "as judged when stored", range: "0…1", absent: 0.5) {
                $0.each { $0.facts.importance ?? 0.5 }
            },
            column("log_access_count", "ln(1 + accesses)", unit: "ln count", range: "≥ 0") {
                $0.each { log1p(Float(max(0, $0.facts.accessCount))) }
            },
        ]
        + cycle("tod", "hour/24, hour of now with its fraction, user's zone") { $0.hour / 24 }
        + cycle("dow", "weekday/7, Sunday = 0, of now, user's zone") { Double($0.weekday) / 7 }
        + cycle("moy", "month/12, January = 0, of now, user's zone") { Double($0.date.month - 1) / 12 }
        + [
            column(
                "log_session_gap_days", "ln(1 + days since the last session ended), none = 0", unit: "ln d", range: "≥ 0"
            ) {
                $0.constant(log1p(max(0, $0.moment.sessionGapDays ?? 0)))
            },
            column("is_embedded", "1 if any vector of it is stored", range: "0, 1") {
                $0.each { $0.facts.isEmbedded.asFloat }
            },
            column("is_superseded", "1 if a newer memory replaces it", range: "0, 1") {
                $0.each { $0.facts.isSuperseded.asFloat }
            },
            column(
                "entity_slot", "FNV-1a-32 of the entity id's UTF-16 units mod 256, ÷ 255; none = 0", range: "0…1"
            ) {
                $0.each { HashedSlot.value($0.facts.entityID) }
            },
            column("aspect_slot", "the same of the aspect id", range: "0…1") {
                $0.each { HashedSlot.value($0.facts.aspectID) }
            },
            column("is_constraint", "1 if it states a constraint", range: "0, 1") {
                $0.each { $0.facts.isConstraint.asFloat }
            },
            column(
                "log_structural_density", "ln(1 + aspects and attributes of its entity)", unit: "ln count", range: "≥ 0"
            ) {
                $0.each { log1p(max(0, $0.facts.structuralDensity)) }
            },
            column("is_graph_traversal", "1 if a walk of the graph brought it", range: "0, 1") {
                $0.each { $0.facts.isGraphTraversal.asFloat }
            },
            column("age_days", "days since created, future = 0", unit: "d", range: "≥ 0") { pool in
                pool.each { pool.moment.ageDays($0.facts.createdAtMilliseconds) }
            },
            column("is_pinned", "1 if the owner pinned it", range: "0, 1") { $0.each { $0.facts.isPinned.asFloat } },
        ]
}

/// A name hashed to one of 256 slots, as the reference system does it.
package enum HashedSlot {
    /// FNV-1a, 32 bits, over UTF-16 code units (JavaScript's `charCodeAt`), mod 256.
    package static func index(_ name: String) -> UInt8 {
        var hash: UInt32 = 2_166_136_261
        for unit in name.utf16 { hash = (hash ^ UInt32(unit)) &* 16_777_619 }
        return UInt8(truncatingIfNeeded: hash)
    }

    /// slot ÷ 255; 0 for nil or an empty name.
    package static func value(_ name: String?) -> Float {
        guard let name, !name.isEmpty else { return 0 }
        return Float(index(name)) / 255
    }
}
