import Engine
import Foundation

/// The wire contract of the Signet daemon's predictor: `status`, `score`, `train`, `train_from_db`, `save_checkpoint`.
///
/// Where the reference server refuses a whole request for one missing vector, this one scores that candidate from what
/// is left.
struct SidecarMethods: Sendable {
    let service: any MemoryService
    let options: SidecarOptions

    /// The contract says 17, whatever a scorer reads.
    static let featureDimensions = 17

    /// nil = not one of ours.
    func answer(_ method: String, _ params: JSONView?) throws -> JSONValue? {
        switch method {
        case "status": status()
        case "score": try score(params)
        case "train", "train_from_db": throw cannotLearn(method)
        case "save_checkpoint": try saveCheckpoint(params)
        default: nil
        }
    }

    private func status() -> JSONValue {
        let live = service.plugins().filter { $0.state == "live" }
        return .object([
            ("trained", .bool(!live.isEmpty)), ("training_pairs", .integer(0)),
            ("model_version", .integer(1)), ("last_trained", .null),
            ("native_dimensions", .integer(Int64(options.nativeDimensions))),
            ("feature_dimensions", .integer(Int64(Self.featureDimensions))),
        ])
    }

    private func cannotLearn(_ method: String) -> RPCError {
        let scorers = service.plugins().map { "\($0.id) (\($0.state))" }.joined(separator: ", ")
        return .refused(
            "\(method): none of the configured scorers can learn: \(scorers.isEmpty ? "none configured" : scorers). Configure a scorer with weights in plugins.json; nothing was changed",
            kind: "unsupported")
    }

    private func saveCheckpoint(_ params: JSONView?) throws -> JSONValue {
        guard params?["path"]?.string != nil else {
            throw RPCError.parameters("save_checkpoint: path is missing; allowed: a string")
        }
        let foreign =
            options.holdsForeignCheckpoint
            ? " The checkpoint there is the reference server's (SGPT) and is left as it is." : ""
        throw RPCError.refused(
            "save_checkpoint: the configured scorers have learned nothing to save.\(foreign)",
            kind: "unsupported")
    }

    private func score(_ params: JSONView?) throws -> JSONValue {
        guard let params, params.kind == .object else {
            throw RPCError.parameters("score: params is missing; allowed: an object")
        }
        guard let idsView = params["candidate_ids"], idsView.kind == .array else {
            throw RPCError.parameters(
                "score: candidate_ids is \(params["candidate_ids"]?.description ?? "missing"); allowed: an array"
            )
        }
        let ids = idsView.elements
        if ids.isEmpty { return .object([("scores", .array([]))]) }
        var request = ScoreRequest()
        request.queryEmbedding = params["context_embedding"]?.floats(count: options.nativeDimensions)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        request.nowMilliseconds = now
        let embeddings = rows(params["candidate_embeddings"])
        let features = rows(params["candidate_features"])
        let texts = rows(params["candidate_texts"])
        for row in ids.indices {
            var candidate = CallerCandidate(id: "\(row)")
            if row < embeddings.count, let vector = embeddings[row].floats(count: options.nativeDimensions),
                vector.contains(where: { $0 != 0 })
            {
                candidate.embedding = vector
            }
            if row < texts.count { candidate.text = texts[row].string }
            if row < features.count, let values = features[row].floats(missing: .infinity) {
                candidate.take(features: values, now: now)
            }
            request.candidates.append(candidate)
        }
        let ranking = try service.score(request)
        var logits = [Float](repeating: 0, count: ids.count)
        for memory in ranking.memories {
            if let row = Int(memory.id), row < logits.count { logits[row] = memory.score }
        }
        let order = logits.indices.sorted { logits[$0] != logits[$1] ? logits[$0] > logits[$1] : $0 < $1 }
        let probabilities = Self.softmax(logits)
        return .object([
            (
                "scores",
                .array(order.map { .object([("id", ids[$0].echo), ("score", .number(probabilities[$0]))]) })
            )
        ])
    }

    /// Rows of an array that may be absent, null or something else: then there are none.
    private func rows(_ view: JSONView?) -> [JSONView] { view?.kind == .array ? view?.elements ?? [] : [] }

    private static func softmax(_ logits: [Float]) -> [Double] {
        let top = Double(logits.max() ?? 0)
        let weights = logits.map { exp(Double($0) - top) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }
}

extension CallerCandidate {
    /// The 17 features in the reference's order, or what of them came; infinite = null in the request.
    fileprivate mutating func take(features: [Float], now: Int64) {
        func value(_ index: Int) -> Float? {
            index < features.count && features[index].isFinite ? features[index] : nil
        }
        if let logAge = value(0) {
            // Ages beyond 10,000 years are no ages.
            let days = min(max(Double(exp(min(logAge, 20))) - 1, 0), 3_650_000)
            createdAtMilliseconds = now - Int64(days * 86_400_000)
        }
        importance = value(1).map { Double(min(max($0, 0), 1)) }
        if let logCount = value(2) { accessCount = Int(max(0, exp(min(logCount, 20)) - 1).rounded()) }
        isSuperseded = (value(11) ?? 0) > 0.5
        isConstraint = (value(14) ?? 0) > 0.5
        for (index, name) in Self.columnNames where value(index) != nil { columns[name] = value(index) }
    }

    /// Those that can't be told from the candidate itself.
    private static let columnNames: [(Int, String)] = [
        (3, "memory.tod_sin@1"), (4, "memory.tod_cos@1"), (5, "memory.dow_sin@1"), (6, "memory.dow_cos@1"),
        (7, "memory.moy_sin@1"),
        (8, "memory.moy_cos@1"), (9, "memory.log_session_gap_days@1"), (10, "memory.is_embedded@1"),
        (12, "memory.entity_slot@1"),
        (13, "memory.aspect_slot@1"), (15, "memory.log_structural_density@1"),
        (16, "memory.is_graph_traversal@1"),
    ]
}
