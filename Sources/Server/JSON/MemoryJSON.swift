import Engine

/// The JSON of one stored memory, as `get`, `list` and `update` print it.
extension MemoryView {
    package var json: JSONValue {
        .object([
            ("id", .string(id)),
            ("text", .string(memory.text)),
            ("caption", JSONValue(memory.caption)),
            ("type", .string(memory.type)),
            ("author", JSONValue(memory.author)),
            ("importance", JSONValue(memory.importance)),
            ("is_pinned", .bool(memory.isPinned)),
            ("is_constraint", .bool(memory.isConstraint)),
            ("created_at_ms", .integer(memory.createdAtMilliseconds)),
            ("valid_from_ms", JSONValue(memory.validFromMilliseconds)),
            ("valid_until_ms", JSONValue(memory.validUntilMilliseconds)),
            ("session", JSONValue(memory.session)),
            ("ordinal", JSONValue(memory.ordinal)),
            ("supersedes", JSONValue(memory.supersedes)),
            ("superseded_by", JSONValue(supersededBy)),
            ("entities", .array(memory.entities.map(\.json))),
            ("embeddings", .array(memory.embeddings.map(\.json))),
            ("source", .string(memory.source)),
            ("metadata", memory.metadata.map { .raw($0) } ?? .null),
            ("access_count", .integer(Int64(accessCount))),
            ("last_access_ms", JSONValue(lastAccessMilliseconds)),
            ("is_forgotten", .bool(isForgotten)),
        ])
    }
}

extension EntityMention {
    package var json: JSONValue {
        .object([("name", .string(name)), ("kind", .string(kind)), ("aspect", JSONValue(aspect))])
    }
}

extension StoredEmbedding {
    /// Without the components; `export --embeddings` has them.
    package var json: JSONValue {
        .object([
            ("model", .string(model)), ("dimensions", .integer(Int64(vector.count))),
            ("is_half_precision", .bool(isHalfPrecision)),
        ])
    }
}
