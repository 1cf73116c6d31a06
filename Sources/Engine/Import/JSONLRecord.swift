import Storage

/// One JSON record on its way to a memory: checks each key as it comes.
struct JSONLRecord {
    struct FieldError: Error {
        let key: String
        /// In bytes from the start of the record; nil = the key is missing.
        let offset: Int?
        let message: String
    }

    private(set) var unknownKeys: [String] = []
    private var memory: NewMemory
    private var hasText = false
    private var scope = ScopeHint()
    private var embedding: (vector: [Float], offset: Int)?
    private var embeddingModel: String?
    /// The metadata object as written.
    private var metadata: String?
    private var metadataKeys: [String] = []
    /// Unknown keys with their values as written.
    private var extras: [(key: String, raw: String)] = []

    init(defaultTimeMilliseconds: Int64) {
        memory = NewMemory(text: "", createdAtMilliseconds: defaultTimeMilliseconds)
    }

    /// Takes one member; `null` is the same as leaving the key out.
    mutating func take(_ member: JSONMember, of record: UnsafeBufferPointer<UInt8>) throws(FieldError) {
        if case .null = member.value, member.key != "text" { return }
        switch member.key {
        case "text":
            memory.text = try text(member)
            hasText = true
        case "id": memory.id = try identifier(member, of: record)
        case "caption": memory.caption = try text(member)
        case "author": memory.author = try text(member)
        case "type": memory.type = try filledText(member)
        case "importance":
            guard let importance = member.value.number, 0...1 ~= importance else {
                throw wrong(member, allowed: "a number from 0 to 1")
            }
            memory.importance = importance
        case "pinned": memory.isPinned = try flag(member)
        case "constraint": memory.isConstraint = try flag(member)
        case "created_at": memory.createdAtMilliseconds = try time(member)
        case "valid_from": memory.validFromMilliseconds = try time(member)
        case "valid_until": memory.validUntilMilliseconds = try time(member)
        case "session": memory.session = try identifier(member, of: record)
        case "ordinal":
            guard let ordinal = member.value.integer, ordinal >= 0 else {
                throw wrong(member, allowed: "a whole number from 0")
            }
            memory.ordinal = ordinal
        case "supersedes": memory.supersedes = try identifier(member, of: record)
        case "entities": memory.entities = try entities(member)
        case "embeddings":
            guard case .object(let models) = member.value else {
                throw wrong(member, allowed: "an object such as {\"bge-m3\": [0.1, …]}")
            }
            for model in models {
                guard !model.key.isEmpty else {
                    throw wrong(member, allowed: "a model name that isn't empty")
                }
                add(
                    StoredEmbedding(
                        model: model.key, vector: try vector(model, key: "embeddings.\(model.key)")))
            }
        case "embedding": embedding = (try vector(member, key: "embedding"), member.range.lowerBound)
        case "model": embeddingModel = try filledText(member)
        case "metadata":
            guard case .object(let members) = member.value else { throw wrong(member, allowed: "an object") }
            metadata = raw(member, of: record)
            metadataKeys = members.map(\.key)
        case "user": scope.user = try filledText(member)
        case "agent": scope.agent = try filledText(member)
        default:
            unknownKeys.append(member.key)
            extras.append((member.key, raw(member, of: record)))
        }
    }

    /// The memory, once every member has been taken.
    mutating func finish() throws(FieldError) -> (NewMemory, ScopeHint?) {
        guard hasText else {
            throw FieldError(key: "text", offset: nil, message: "missing, allowed: a text that isn't blank")
        }
        guard memory.text.contains(where: { !$0.isWhitespace }) else {
            throw FieldError(
                key: "text", offset: nil, message: "found a blank text, allowed: one that isn't blank")
        }
        if let from = memory.validFromMilliseconds, let until = memory.validUntilMilliseconds, from > until {
            throw FieldError(
                key: "valid_until", offset: nil,
                message: "found a time before valid_from, allowed: the same or later")
        }
        if let embedding {
            guard let model = embeddingModel else {
                throw FieldError(
                    key: "embedding", offset: embedding.offset,
                    message:
                        "found a vector without its \"model\", allowed: both, or \"embeddings\": {model: vector}"
                )
            }
            add(StoredEmbedding(model: model, vector: embedding.vector))
        } else if let embeddingModel {
            extras.append(("model", jsonQuoted(embeddingModel)))
        }
        memory.metadata = mergedMetadata()
        return (memory, scope == ScopeHint() ? nil : scope)
    }

    /// The metadata as written, with the unknown keys before its own; a key that both have gets `record.`
    /// in front.
    private func mergedMetadata() -> String? {
        guard !extras.isEmpty else { return metadata }
        var parts = extras.map { extra in
            let key = metadataKeys.contains(extra.key) ? "record.\(extra.key)" : extra.key
            return "\(jsonQuoted(key)):\(extra.raw)"
        }
        if let metadata {
            let inner = metadata.dropFirst().dropLast()
            if inner.contains(where: { !$0.isWhitespace }) { parts.append(String(inner)) }
        }
        return "{\(parts.joined(separator: ","))}"
    }

    private mutating func add(_ embedding: StoredEmbedding) {
        memory.embeddings.removeAll { $0.model == embedding.model }
        memory.embeddings.append(embedding)
    }

    // MARK: One value

    private func wrong(_ member: JSONMember, key: String? = nil, allowed: String) -> FieldError {
        FieldError(
            key: key ?? member.key, offset: member.range.lowerBound,
            message: "found \(member.value.summary), allowed: \(allowed)")
    }

    private func raw(_ member: JSONMember, of record: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: record[member.range], as: UTF8.self)
    }

    private func text(_ member: JSONMember) throws(FieldError) -> String {
        guard let text = member.value.string else { throw wrong(member, allowed: "a string") }
        return text
    }

    private func filledText(_ member: JSONMember) throws(FieldError) -> String {
        guard let text = member.value.string, !text.isEmpty else {
            throw wrong(member, allowed: "a string that isn't empty")
        }
        return text
    }

    static let maximumIdentifierByteCount = 512

    /// A string, or a whole number as it was written.
    private func identifier(
        _ member: JSONMember, of record: UnsafeBufferPointer<UInt8>
    ) throws(FieldError) -> String {
        switch member.value {
        case .string(let text) where 1...Self.maximumIdentifierByteCount ~= text.utf8.count: return text
        case .number(let number) where number == number.rounded() && member.range.count <= 40:
            return raw(member, of: record)
        default:
            throw wrong(
                member,
                allowed: "a string of 1 to \(Self.maximumIdentifierByteCount) bytes, or a whole number")
        }
    }

    private func flag(_ member: JSONMember) throws(FieldError) -> Bool {
        switch member.value {
        case .bool(let flag): return flag
        case .number(0): return false
        case .number(1): return true
        default: throw wrong(member, allowed: "true or false")
        }
    }

    /// Unix milliseconds.
    private func time(_ member: JSONMember) throws(FieldError) -> Int64 {
        let stamp: Timestamp? =
            switch member.value {
            case .string(let text): Timestamp(iso8601: text) ?? Double(text).flatMap(Timestamp.init(unix:))
            case .number(let number): Timestamp(unix: number)
            default: nil
            }
        guard let stamp else { throw wrong(member, allowed: Timestamp.allowedForms) }
        return stamp.milliseconds
    }

    private func vector(_ member: JSONMember, key: String) throws(FieldError) -> [Float] {
        guard case .numbers(let numbers) = member.value else {
            throw wrong(member, key: key, allowed: "an array of finite numbers that isn't empty")
        }
        let vector = numbers.map(Float.init)
        guard vector.allSatisfy(\.isFinite) else {
            throw wrong(member, key: key, allowed: "numbers that a 32-bit float can hold")
        }
        // Cosine needs a direction.
        guard vector.contains(where: { $0 != 0 }) else {
            throw wrong(member, key: key, allowed: "a vector that isn't all zero")
        }
        return vector
    }

    /// Objects with name, kind and aspect; a bare string is a concept of that name.
    private func entities(_ member: JSONMember) throws(FieldError) -> [EntityMention] {
        let allowed = "an array of {\"name\": …, \"kind\": …, \"aspect\": …}, all strings, name not empty"
        guard let elements = member.value.elements else { throw wrong(member, allowed: allowed) }
        var mentions: [EntityMention] = []
        for (position, element) in elements.enumerated() {
            let mention: EntityMention? =
                switch element {
                case .string(let name): EntityMention(name: name, kind: "concept")
                case .object(let members): Self.mention(members)
                default: nil
                }
            guard let mention, !mention.name.isEmpty, !mention.kind.isEmpty else {
                throw FieldError(
                    key: "entities[\(position)]", offset: member.range.lowerBound,
                    message: "found \(element.summary), allowed: \(allowed)")
            }
            if !mentions.contains(mention) { mentions.append(mention) }
        }
        return mentions
    }

    private static func mention(_ members: [JSONMember]) -> EntityMention? {
        var mention = EntityMention(name: "", kind: "concept")
        for member in members {
            switch (member.key, member.value) {
            case ("name", .string(let name)): mention.name = name
            case ("kind", .string(let kind)): mention.kind = kind
            case ("aspect", .string(let aspect)): mention.aspect = aspect.isEmpty ? nil : aspect
            case ("kind", .null), ("aspect", .null): break
            case ("name", _), ("kind", _), ("aspect", _): return nil
            default: break  // a word more about an entity is no reason to lose the memory
            }
        }
        return mention
    }
}
