import Engine
import Foundation

/// The caller's own candidates: JSONL, one object per line, strict. An unknown key is an error, because a
/// misspelt one would silently rank without its value.
enum CandidateLines {
    static func read(_ data: Data, file: String) throws -> (candidates: [CallerCandidate], events: [CallerEvent]) {
        let decoder = JSONDecoder()
        var candidates: [CallerCandidate] = []
        var events: [CallerEvent] = []
        var lineOfID: [String: Int] = [:]
        var number = 0
        for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            let place = "\(file == "-" ? "standard input" : file), line \(number)"
            guard case .candidate(let candidate) = try decode(line, decoder, place: place, &events) else { continue }
            if let earlier = lineOfID.updateValue(number, forKey: candidate.id) {
                throw CommandFailure(
                    .badData, "the id stands twice", place: place, found: candidate.id,
                    allowed: "every id once (first on line \(earlier))", remedy: "drop one of the lines")
            }
            candidates.append(candidate)
        }
        guard !candidates.isEmpty else {
            throw CommandFailure(
                .badData, "no candidates", place: file == "-" ? "standard input" : file,
                allowed: "one JSON object per line", remedy: "{\"id\":\"a\",\"text\":\"…\"}")
        }
        return (candidates, events)
    }

    private enum Line {
        case candidate(CallerCandidate)
        case event
    }

    /// A line with `event_at_ms` is an event and goes to `events`, any other a candidate.
    private static func decode(
        _ line: Data, _ decoder: JSONDecoder, place: String, _ events: inout [CallerEvent]
    ) throws -> Line {
        do {
            if try decoder.decode(EventMark.self, from: line).isEvent {
                events.append(try decoder.decode(EventLine.self, from: line).event)
                return .event
            }
            return .candidate(try decoder.decode(CandidateLine.self, from: line).candidate)
        } catch var failure as CommandFailure {
            failure.place = [place, failure.place].compactMap(\.self).joined(separator: ", ")
            throw failure
        } catch let error as DecodingError {
            throw CommandFailure(error, line: line, place: place)
        }
    }
}

/// One line, as it is written. Times are Unix milliseconds (`…_ms`).
private struct CandidateLine: Decodable {
    enum Key: String, CodingKey, CaseIterable {
        case id, text, caption, author, session, ordinal, importance
        case isPinned = "is_pinned"
        case isConstraint = "is_constraint"
        case isSuperseded = "is_superseded"
        case createdAt = "created_at_ms"
        case lastAccess = "last_access_ms"
        case accessCount = "access_count"
        case embedding, columns, paths
    }

    var candidate: CallerCandidate

    init(from decoder: any Decoder) throws {
        try Self.refuseUnknown(decoder, allowed: Key.allCases.map(\.rawValue))
        let line = try decoder.container(keyedBy: Key.self)
        candidate = CallerCandidate(id: try line.decode(String.self, forKey: .id))
        candidate.text = try line.decodeIfPresent(String.self, forKey: .text)
        candidate.caption = try line.decodeIfPresent(String.self, forKey: .caption)
        candidate.author = try line.decodeIfPresent(String.self, forKey: .author)
        candidate.session = try line.decodeIfPresent(String.self, forKey: .session)
        candidate.ordinal = try line.decodeIfPresent(Int.self, forKey: .ordinal)
        candidate.importance = try line.decodeIfPresent(Double.self, forKey: .importance)
        candidate.isPinned = try line.decodeIfPresent(Bool.self, forKey: .isPinned) ?? false
        candidate.isConstraint = try line.decodeIfPresent(Bool.self, forKey: .isConstraint) ?? false
        candidate.isSuperseded = try line.decodeIfPresent(Bool.self, forKey: .isSuperseded) ?? false
        candidate.createdAtMilliseconds = try line.decodeIfPresent(Int64.self, forKey: .createdAt)
        candidate.lastAccessMilliseconds = try line.decodeIfPresent(Int64.self, forKey: .lastAccess)
        candidate.accessCount = try line.decodeIfPresent(Int.self, forKey: .accessCount) ?? 0
        candidate.embedding = try line.decodeIfPresent([Float].self, forKey: .embedding)
        candidate.columns = try line.decodeIfPresent([String: Float].self, forKey: .columns) ?? [:]
        candidate.paths = try line.decodeIfPresent([[HopLine]].self, forKey: .paths)?.map {
            CallerPath(hops: $0.map(\.hop))
        } ?? []
        try check()
    }

    fileprivate static func refuseUnknown(_ decoder: any Decoder, allowed: [String]) throws {
        let names = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        if let unknown = names.sorted().first(where: { !allowed.contains($0) }) {
            throw CommandFailure(
                .badData, "an unknown key", found: unknown, allowed: allowed.joined(separator: ", "),
                remedy: "correct or drop the key; columns of your own go into \"columns\"")
        }
    }

    private func check() throws {
        if let importance = candidate.importance, !(0...1).contains(importance) {
            throw CommandFailure(
                .badData, "out of range", place: "importance", found: "\(importance)",
                allowed: "0 to 1, or null",
                remedy: "scale it to 0…1")
        }
        if candidate.accessCount < 0 {
            throw CommandFailure(
                .badData, "negative", place: "access_count", found: "\(candidate.accessCount)",
                allowed: "0 or more")
        }
        if let embedding = candidate.embedding, embedding.isEmpty || !embedding.allSatisfy(\.isFinite) {
            throw CommandFailure(
                .badData, "not a vector", place: "embedding", found: "\(embedding.count) numbers",
                allowed: "finite numbers, at least one; null where there is none")
        }
        if let problem = CallerPath.problem(candidate.paths) {
            throw CommandFailure(
                .badData, "a path that can't be sent", place: problem.key, found: problem.found, allowed: problem.allowed)
        }
    }
}

/// One hop of a candidate's path.
private struct HopLine: Decodable {
    enum Key: String, CodingKey, CaseIterable { case id, kind, columns }

    var hop: CallerHop

    init(from decoder: any Decoder) throws {
        func place(_ key: String) -> String { (decoder.codingPath + [AnyKey(stringValue: key)]).spelled }
        let names = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        let allowed = Key.allCases.map(\.rawValue)
        if let unknown = names.sorted().first(where: { !allowed.contains($0) }) {
            throw CommandFailure(
                .badData, "an unknown key", place: decoder.codingPath.spelled, found: unknown,
                allowed: allowed.joined(separator: ", "), remedy: "values of the hop go into \"columns\"")
        }
        let line = try decoder.container(keyedBy: Key.self)
        guard let id = try line.decodeIfPresent(String.self, forKey: .id) else {
            throw CommandFailure(.badData, "the key is missing", place: place("id"), allowed: "every hop has a stable id")
        }
        hop = CallerHop(id: id)
        if let name = try line.decodeIfPresent(String.self, forKey: .kind) {
            guard let kind = CallerHop.Kind(rawValue: name) else {
                throw CommandFailure(
                    .badData, "an unknown kind", place: place("kind"), found: name,
                    allowed: CallerHop.Kind.allCases.map(\.rawValue).joined(separator: ", "))
            }
            hop.kind = kind
        }
        hop.columns = try line.decodeIfPresent([String: Float].self, forKey: .columns) ?? [:]
    }
}

extension [any CodingKey] {
    /// paths[2][0].kind
    fileprivate var spelled: String {
        reduce("") { text, key in
            if let index = key.intValue { return "\(text)[\(index)]" }
            return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
        }
    }
}

/// Tells the two kinds of line apart.
private struct EventMark: Decodable {
    let isEvent: Bool

    init(from decoder: any Decoder) throws {
        isEvent = try decoder.container(keyedBy: AnyKey.self).allKeys.contains {
            $0.stringValue == EventLine.Key.at.stringValue
        }
    }
}

/// Something that happened before: when, and to what.
private struct EventLine: Decodable {
    enum Key: String, CodingKey, CaseIterable {
        case at = "event_at_ms"
        case focalEntities = "focal_entities"
        case aspects, injected, referenced, columns
    }

    var event: CallerEvent

    init(from decoder: any Decoder) throws {
        try CandidateLine.refuseUnknown(decoder, allowed: Key.allCases.map(\.rawValue))
        let line = try decoder.container(keyedBy: Key.self)
        event = CallerEvent(atMilliseconds: try line.decode(Int64.self, forKey: .at))
        event.focalEntities = try line.decodeIfPresent([String].self, forKey: .focalEntities) ?? []
        event.aspects = try line.decodeIfPresent([String].self, forKey: .aspects) ?? []
        event.injected = try line.decodeIfPresent([String].self, forKey: .injected) ?? []
        event.referenced = try line.decodeIfPresent([String].self, forKey: .referenced) ?? []
        event.columns = try line.decodeIfPresent([String: Float].self, forKey: .columns) ?? [:]
    }
}

private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension CommandFailure {
    /// What Foundation says of a JSON line, with the key and the start of the line.
    fileprivate init(_ error: DecodingError, line: Data, place: String) {
        let start =
            Plain.line(String(decoding: line.prefix(60), as: UTF8.self)) + (line.count > 60 ? "…" : "")
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty
                ? place : place + ", " + context.codingPath.spelled
        }
        switch error {
        case .keyNotFound(let key, _):
            self.init(
                .badData, "the key is missing", place: "\(place), \(key.stringValue)", found: start,
                allowed: "id is required", remedy: "give every candidate a unique id")
        case .typeMismatch(let type, let context):
            self.init(
                .badData, "a value of the wrong type", place: path(context), found: start,
                allowed: Self.name(type))
        case .valueNotFound(let type, let context):
            self.init(
                .badData, "null isn't allowed", place: path(context), found: start, allowed: Self.name(type))
        default:
            self.init(
                .badData, "not a JSON object", place: place, found: start,
                allowed: "one JSON object per line",
                remedy: "jq -c . FILE writes one object per line")
        }
    }

    private static func name(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Int.Type, is Int64.Type: "a whole number"
        case is Double.Type, is Float.Type: "a number"
        case is [Any].Type: "an array"
        default: "a JSON object"
        }
    }
}
