import Engine

/// The JSON of a ranking; docs/operations.md is its promise.
extension Ranking {
    package var json: JSONValue {
        .object([
            ("retrieval_id", .string(retrievalID)),
            ("memories", .array(memories.map(\.json))),
            ("scorers", JSONValue(scorers)),
            ("degraded", JSONValue(degraded)),
            ("confidence", confidence.map(JSONValue.number) ?? .null),
            ("pool_count", .integer(Int64(poolCount))),
            (
                "timings_ms",
                .object([
                    ("candidates", .number(timings.candidates)),
                    ("features", .number(timings.features)),
                    ("scoring", .number(timings.scoring)),
                    ("selection", .number(timings.selection)),
                    ("logging", .number(timings.logging)),
                    ("total", .number(timings.total)),
                ])
            ),
        ])
    }
}

extension RankedMemory {
    package var json: JSONValue {
        .object([
            ("id", .string(id)),
            ("position", JSONValue(position)),
            ("rank", .integer(Int64(rank))),
            ("score", .single(score)),
            ("tier", JSONValue(tier)),
            ("dropped", JSONValue(dropped?.rawValue)),
            ("text", JSONValue(text)),
            ("author", JSONValue(author)),
            ("created_at_ms", JSONValue(createdAtMilliseconds)),
            ("why", .string(why)),
            (
                "parts",
                .array(parts.map { .object([("name", .string($0.name)), ("value", .single($0.value))]) })
            ),
            (
                "paths",
                .array(
                    paths.map { path in
                        .object([
                            ("hops", JSONValue(path.hops)),
                            ("scores", .object(path.scores.map { ($0.name, .single($0.value)) })),
                        ])
                    })
            ),
            ("propensity", .number(propensity)),
            ("is_deterministic", .bool(isDeterministic)),
            ("is_pinned", .bool(isPinned)),
            ("sources", JSONValue(sources)),
        ])
    }
}
