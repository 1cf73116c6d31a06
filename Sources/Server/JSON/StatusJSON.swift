import Engine

extension PluginStatus {
    package var json: JSONValue {
        .object([
            ("id", .string(id)), ("version", JSONValue(version)), ("state", .string(state)),
            ("tier", .string(tier)),
            ("reason", JSONValue(reason)), ("warnings", JSONValue(warnings)), ("path", JSONValue(path)),
            ("sha256", JSONValue(sha256)), ("columns", JSONValue(columns)),
            ("calls", .integer(Int64(calls))), ("late", .integer(Int64(late))),
            ("failed", .integer(Int64(failed))), ("gate", gate?.json ?? .null),
        ])
    }
}

extension GateStatus {
    var json: JSONValue {
        .object([
            ("from_store", .bool(isFromStore)), ("ms", .number(milliseconds)),
            (
                "checks",
                .array(
                    checks.map {
                        .object([("name", .string($0.name)), ("outcome", .string($0.outcome)), ("detail", .string($0.detail))])
                    })
            ),
        ])
    }
}

extension StoreStatus {
    package var json: JSONValue {
        .object([
            ("database", .string(databasePath)), ("memories", .integer(Int64(memories))),
            ("sessions", .integer(Int64(sessions))),
            (
                "embeddings",
                .object(embeddings.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int64($0.value))) })
            ),
            ("events", .integer(Int64(events))), ("turns", .integer(Int64(turns))),
            ("configuration", .string(configurationHash)),
        ])
    }
}
