import Engine

extension PluginStatus {
    package var json: JSONValue {
        .object([
            ("id", .string(id)), ("version", JSONValue(version)), ("state", .string(state)),
            ("tier", .string(tier)),
            ("reason", JSONValue(reason)), ("warnings", JSONValue(warnings)), ("path", JSONValue(path)),
            ("sha256", JSONValue(sha256)), ("columns", JSONValue(columns)),
            ("calls", .integer(Int64(calls))), ("late", .integer(Int64(late))),
            ("failed", .integer(Int64(failed))), ("health", health.json), ("gate", gate?.json ?? .null),
            ("trust", trust.map(JSONValue.number) ?? .null),
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
            ("configuration", .string(configurationHash)), ("host", host?.json ?? .null),
        ])
    }
}

extension PluginHealth {
    var json: JSONValue {
        func count(_ value: Int) -> JSONValue { .integer(Int64(value)) }
        return .object([
            ("breaker", .string(breaker)), ("opened", count(opened)), ("skipped", count(skipped)),
            ("abstained_rows", count(abstainedRows)), ("invalid_rows", count(invalidRows)),
            ("unwritten_rows", count(unwrittenRows)), ("drained", count(drained)),
            ("float_mode_changes", count(floatModeChanges)), ("restarts", count(restarts)),
            ("pid", pid == 0 ? .null : count(Int(pid))), ("walls", JSONValue(walls)),
            ("p50_us", p50Microseconds.map(JSONValue.number) ?? .null), ("p99_us", p99Microseconds.map(JSONValue.number) ?? .null),
        ])
    }
}

extension HostStatus {
    var json: JSONValue {
        func count(_ value: Int) -> JSONValue { .integer(Int64(value)) }
        return .object([
            ("configuration", .string(configuration)), ("combiner", .string(combiner)), ("resident_libraries", count(residentLibraries)),
            ("resident_libraries_limit", count(residentLibrariesLimit)), ("resident_bytes", count(residentBytes)),
            ("hung_threads", count(hungThreads)), ("hung_threads_limit", count(hungThreadsLimit)),
            ("workers", count(workers)), ("workers_limit", count(workersLimit)), ("last_reload", JSONValue(lastReload)),
        ])
    }
}

extension ReloadView {
    package var json: JSONValue {
        .object([
            ("pid", .integer(Int64(pid))), ("outcome", .string(outcome)), ("cause", .string(cause)),
            ("configuration", .string(configuration)), ("summary", .string(summary)), ("ms", .number(milliseconds)),
        ])
    }
}

extension ConfigurationRevision {
    package var json: JSONValue {
        .object([
            ("revision", .integer(Int64(revision))), ("at_ms", .integer(atMilliseconds)), ("hash", .string(hash)),
            ("note", JSONValue(note)), ("files", .object(files.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            ("text", .string(text)),
        ])
    }
}
