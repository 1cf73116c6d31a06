import Engine
import Foundation

/// The methods `mneme/…`; docs/stdio.md is their promise.
struct MnemeMethods: Sendable {
    let service: any MemoryService
    let defaultScope: Scope

    static let names = [
        "search", "score", "add", "get", "list", "update", "forget", "feedback", "explain", "plugins",
        "status", "reload",
    ].map { "mneme/\($0)" }

    /// nil = not one of ours.
    func answer(_ method: String, _ params: JSONView?) throws -> JSONValue? {
        switch method {
        case "mneme/search": try search(params)
        case "mneme/score": try score(params)
        case "mneme/add": try add(params)
        case "mneme/get": try get(params)
        case "mneme/list": try list(params)
        case "mneme/update": try update(params)
        case "mneme/forget": try forget(params)
        case "mneme/feedback": try feedback(params)
        case "mneme/explain": try explain(params)
        case "mneme/plugins": try plugins(params)
        case "mneme/status": try status(params)
        case "mneme/reload": try reload(params)
        default: nil
        }
    }

    private static let scopeMembers = ["user", "agent"]

    private func scope(_ p: Parameters) throws -> Scope {
        Scope(
            user: try p.string("user") ?? defaultScope.user,
            agent: try p.string("agent") ?? defaultScope.agent)
    }

    private func search(_ params: JSONView?) throws -> JSONValue {
        let p = try Parameters(
            params, method: "mneme/search",
            allowed: Self.scopeMembers + [
                "query", "query_embedding", "embedding_model", "limit", "token_budget", "now_ms",
                "utc_offset_s", "session", "turn", "actor",
                "focal_entities", "candidates", "deadline_ms", "scorers", "temperature", "seed", "remember",
                "explain",
            ])
        var request = SearchRequest()
        request.scope = try scope(p)
        request.query = try p.string("query") ?? ""
        request.queryEmbedding = try p.floats("query_embedding")
        request.embeddingModel = try p.string("embedding_model")
        request.limit = Int(try p.integer("limit", 1...10_000) ?? 10)
        request.tokenBudget = try p.integer("token_budget", 1...1_000_000_000).map(Int.init)
        request.nowMilliseconds = try p.integer("now_ms", -4_000_000_000_000...40_000_000_000_000)
        request.utcOffsetSeconds = try p.integer("utc_offset_s", -86_400...86_400).map(Int.init)
        request.session = try p.string("session")
        request.turn = try p.string("turn")
        request.actor = try p.string("actor")
        request.focalEntities = try p.strings("focal_entities") ?? []
        request.candidates = try p.strings("candidates") ?? []
        request.deadlineMilliseconds = try p.number("deadline_ms", 0.05...60_000)
        request.scorers = try p.strings("scorers")
        if let temperature = try p.number("temperature", 0.000001...1000) {
            let seed = try p.integer("seed", 0...Int64.max).map(UInt64.init) ?? UInt64.random(in: 0 ... .max)
            request.sampling = Sampling(temperature: temperature, seed: seed)
        }
        request.remember = try p.bool("remember") ?? true
        request.explain = try p.bool("explain") ?? false
        return try service.search(request).json
    }

    private static let candidateMembers = [
        "id", "text", "caption", "author", "session", "ordinal", "importance", "pinned", "constraint",
        "superseded", "created_at_ms",
        "last_access_ms", "access_count", "embedding", "columns", "paths",
    ]

    private func score(_ params: JSONView?) throws -> JSONValue {
        let p = try Parameters(
            params, method: "mneme/score",
            allowed: Self.scopeMembers + [
                "query", "query_embedding", "candidates", "limit", "now_ms", "utc_offset_s", "deadline_ms",
                "scorers", "explain", "events",
            ])
        var request = ScoreRequest()
        request.scope = try scope(p)
        request.query = try p.string("query") ?? ""
        request.queryEmbedding = try p.floats("query_embedding")
        request.limit = try p.integer("limit", 1...1_000_000).map(Int.init)
        request.nowMilliseconds = try p.integer("now_ms", -4_000_000_000_000...40_000_000_000_000)
        request.utcOffsetSeconds = try p.integer("utc_offset_s", -86_400...86_400).map(Int.init)
        request.deadlineMilliseconds = try p.number("deadline_ms", 0.05...60_000)
        request.scorers = try p.strings("scorers")
        request.explain = try p.bool("explain") ?? false
        for item in try p.objects("candidates", allowed: Self.candidateMembers) ?? [] {
            var candidate = CallerCandidate(id: try item.required("id"))
            candidate.text = try item.string("text")
            candidate.caption = try item.string("caption")
            candidate.author = try item.string("author")
            candidate.session = try item.string("session")
            candidate.ordinal = try item.integer("ordinal", 0...1_000_000_000).map(Int.init)
            candidate.importance = try item.number("importance", 0...1)
            candidate.isPinned = try item.bool("pinned") ?? false
            candidate.isConstraint = try item.bool("constraint") ?? false
            candidate.isSuperseded = try item.bool("superseded") ?? false
            candidate.createdAtMilliseconds = try item.integer(
                "created_at_ms", -4_000_000_000_000...40_000_000_000_000)
            candidate.lastAccessMilliseconds = try item.integer(
                "last_access_ms", -4_000_000_000_000...40_000_000_000_000)
            candidate.accessCount = Int(try item.integer("access_count", 0...1_000_000_000) ?? 0)
            candidate.embedding = try item.floats("embedding")
            candidate.columns = try item.columns("columns")
            candidate.paths = try item.paths("paths")
            request.candidates.append(candidate)
        }
        request.events = try events(p)
        return try service.score(request).json
    }

    private static let eventMembers = ["at_ms", "focal_entities", "aspects", "injected", "referenced"]

    private func events(_ p: Parameters) throws -> [CallerEvent] {
        try (p.objects("events", allowed: Self.eventMembers) ?? []).map { item in
            guard let time = try item.integer("at_ms", -4_000_000_000_000...40_000_000_000_000) else {
                throw RPCError.parameters("mneme/score: events: at_ms is missing; allowed: Unix milliseconds")
            }
            var event = CallerEvent(atMilliseconds: time)
            event.focalEntities = try item.strings("focal_entities") ?? []
            event.aspects = try item.strings("aspects") ?? []
            event.injected = try item.strings("injected") ?? []
            event.referenced = try item.strings("referenced") ?? []
            return event
        }
    }

    private static let memoryMembers = [
        "id", "text", "caption", "author", "type", "importance", "pinned", "constraint", "created_at_ms",
        "valid_from_ms", "valid_until_ms",
        "session", "ordinal", "supersedes", "entities", "embedding", "embedding_model", "source",
    ]

    private func add(_ params: JSONView?) throws -> JSONValue {
        let p = try Parameters(params, method: "mneme/add", allowed: Self.scopeMembers + ["memories"])
        guard let items = try p.objects("memories", allowed: Self.memoryMembers) else {
            throw RPCError.parameters("mneme/add: memories is missing; allowed: an array of memories")
        }
        let moments: ClosedRange<Int64> = -4_000_000_000_000...40_000_000_000_000
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let memories = try items.map { item in
            var memory = NewMemory(
                text: try item.required("text"),
                createdAtMilliseconds: try item.integer("created_at_ms", moments) ?? now)
            memory.id = try item.string("id")
            memory.caption = try item.string("caption")
            memory.author = try item.string("author")
            memory.type = try item.string("type") ?? "fact"
            memory.importance = try item.number("importance", 0...1)
            memory.isPinned = try item.bool("pinned") ?? false
            memory.isConstraint = try item.bool("constraint") ?? false
            memory.validFromMilliseconds = try item.integer("valid_from_ms", moments)
            memory.validUntilMilliseconds = try item.integer("valid_until_ms", moments)
            memory.session = try item.string("session")
            memory.ordinal = try item.integer("ordinal", 0...1_000_000_000).map(Int.init)
            memory.supersedes = try item.string("supersedes")
            memory.source = try item.string("source") ?? "rpc"
            memory.entities = try (item.objects("entities", allowed: ["name", "kind", "aspect"]) ?? []).map {
                EntityMention(
                    name: try $0.required("name"), kind: try $0.string("kind") ?? "concept",
                    aspect: try $0.string("aspect"))
            }
            if let vector = try item.floats("embedding") {
                memory.embeddings = [
                    StoredEmbedding(model: try item.string("embedding_model") ?? "default", vector: vector)
                ]
            }
            return memory
        }
        let report = try service.add(memories, scope: try scope(p))
        return .object([
            ("added", JSONValue(report.added)), ("unchanged", JSONValue(report.unchanged)),
            (
                "failed",
                .array(
                    report.failed.map {
                        .object([("index", .integer(Int64($0.index))), ("reason", .string($0.reason))])
                    })
            ),
        ])
    }

    private func get(_ params: JSONView?) throws -> JSONValue {
        let p = try Parameters(params, method: "mneme/get", allowed: Self.scopeMembers + ["id"])
        let id = try p.required("id")
        guard let memory = try service.get(id, scope: try scope(p)) else {
            throw RPCError.refused("no memory with id \(id)", kind: "not-found")
        }
        return memory.json
    }

    private func list(_ params: JSONView?) throws -> JSONValue {
        let p = try Parameters(
            params, method: "mneme/list",
            allowed: Self.scopeMembers + [
                "type", "author", "session", "include_forgotten", "limit", "offset",
            ])
        var filter = ListFilter()
        filter.type = try p.string("type")
        filter.author = try p.string("author")
        filter.session = try p.string("session")
        filter.includeForgotten = try p.bool("include_forgotten") ?? false
        filter.limit = Int(try p.integer("limit", 1...10_000) ?? 20)
        filter.offset = Int(try p.integer("offset", 0...1_000_000_000) ?? 0)
        return .object([("memories", .array(try service.list(filter, scope: try scope(p)).map(\.json)))])
    }

    private func update(_ params: JSONView?) throws -> JSONValue {
        let p = try Parameters(
            params, method: "mneme/update",
            allowed: Self.scopeMembers + [
                "id", "text", "importance", "pinned", "constraint", "type", "valid_until_ms", "superseded_by",
            ])
        var change = MemoryChange()
        change.text = try p.string("text")
        change.importance = try p.number("importance", 0...1)
        change.isPinned = try p.bool("pinned")
        change.isConstraint = try p.bool("constraint")
        change.type = try p.string("type")
        change.validUntilMilliseconds = try p.integer(
            "valid_until_ms", -4_000_000_000_000...40_000_000_000_000)
        change.supersededBy = try p.string("superseded_by")
        return try service.update(try p.required("id"), change, scope: try scope(p)).json
    }

    private func forget(_ params: JSONView?) throws -> JSONValue {
        let p = try Parameters(params, method: "mneme/forget", allowed: Self.scopeMembers + ["ids", "hard"])
        let count = try service.forget(
            try p.strings("ids") ?? [], hard: try p.bool("hard") ?? false, scope: try scope(p))
        return .object([("forgotten", .integer(Int64(count)))])
    }

    private func feedback(_ params: JSONView?) throws -> JSONValue {
        let p = try Parameters(params, method: "mneme/feedback", allowed: ["retrieval_id", "feedback"])
        let kinds = Feedback.Kind.allCases.map(\.rawValue)
        let items = try (p.objects("feedback", allowed: ["id", "kind", "value"]) ?? []).map { item in
            let name = try item.required("kind")
            guard let kind = Feedback.Kind(rawValue: name) else {
                throw RPCError.parameters(
                    "mneme/feedback: kind is \"\(name)\"; allowed: \(kinds.joined(separator: ", "))")
            }
            return Feedback(
                memoryID: try item.required("id"), kind: kind, value: try item.number("value", -1...1) ?? 1)
        }
        return .object([
            (
                "recorded",
                .integer(Int64(try service.feedback(items, retrievalID: try p.required("retrieval_id"))))
            )
        ])
    }

    private func explain(_ params: JSONView?) throws -> JSONValue {
        let p = try Parameters(params, method: "mneme/explain", allowed: ["retrieval_id"])
        return try service.explain(retrievalID: try p.required("retrieval_id")).json
    }

    private func plugins(_ params: JSONView?) throws -> JSONValue {
        _ = try Parameters(params, method: "mneme/plugins", allowed: [])
        return .object([("plugins", .array(service.plugins().map(\.json)))])
    }

    private func reload(_ params: JSONView?) throws -> JSONValue {
        _ = try Parameters(params, method: "mneme/reload", allowed: [])
        return try service.reload(cause: "mneme/reload").json
    }

    private func status(_ params: JSONView?) throws -> JSONValue {
        let p = try Parameters(params, method: "mneme/status", allowed: Self.scopeMembers)
        return try service.status(scope: try scope(p)).json
    }
}
