/// What a weights file says of its model beside the tensors: which columns they read, which heads they fill, and how
/// time is measured. One key of the metadata each (docs/formats.md).
package struct ScorerDescription: Sendable, Equatable {
    /// The six of DESIGN §6, in the order of the plugin's manifest.
    package enum Head: String, Sendable, CaseIterable {
        case relevance
        case aspectBias = "aspect_bias"
        case nextEntities = "next_entities"
        case retention
        case significance
        case contradiction
    }

    /// Names with their versions, in the order of the weights.
    package var eventColumns: [String]
    package var rowColumns: [String]
    package var heads: [Head]
    package var gapRule: GapRule
    /// T0: a gap of so many seconds is 1.
    package var referenceSeconds: Double
    /// Drawn anew by training from scratch; a state means something under equal ids only.
    package var stateID: UInt64
    /// Events that rebuild a session well enough.
    package var replayEvents: UInt32
    /// Trained with a candidate of logit 0 that wins when nothing is relevant.
    package var hasNull: Bool

    package init(
        eventColumns: [String], rowColumns: [String], heads: [Head] = [.relevance], gapRule: GapRule = .logarithm,
        referenceSeconds: Double = 3600, stateID: UInt64, replayEvents: UInt32 = 256, hasNull: Bool = true
    ) {
        self.eventColumns = eventColumns
        self.rowColumns = rowColumns
        self.heads = heads
        self.gapRule = gapRule
        self.referenceSeconds = referenceSeconds
        self.stateID = stateID
        self.replayEvents = replayEvents
        self.hasNull = hasNull
    }

    static let model = "sequence-scorer"

    package var metadata: [String: String] {
        [
            "model": Self.model,
            "event_columns": eventColumns.joined(separator: ","), "row_columns": rowColumns.joined(separator: ","),
            "heads": heads.map(\.rawValue).joined(separator: ","), "gap_rule": gapRule.word,
            "reference_time_s": "\(referenceSeconds)", "state_id": String(stateID, radix: 16),
            "replay_events": "\(replayEvents)", "null_candidate": hasNull ? "1" : "0",
        ]
    }

    package init(_ file: SafetensorsFile) throws(SafetensorsError) {
        try file.demand("model", allowed: [Self.model])
        eventColumns = try file.list("event_columns")
        rowColumns = try file.list("row_columns")
        heads = try Self.heads(file)
        gapRule = try GapRule(file)
        referenceSeconds = try file.number("reference_time_s", allowed: "seconds above 0") { text in
            Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
        }
        stateID = try file.number("state_id", allowed: "up to 16 hexadecimal digits") { UInt64($0, radix: 16) }
        replayEvents = try file.number("replay_events", allowed: "an integer from 0 to 1000000") { text in
            UInt32(text).flatMap { $0 <= 1_000_000 ? $0 : nil }
        }
        hasNull = try file.demand("null_candidate", allowed: ["0", "1"]) == "1"
    }

    private static func heads(_ file: SafetensorsFile) throws(SafetensorsError) -> [Head] {
        let words = try file.list("heads")
        let heads = words.compactMap(Head.init(rawValue:))
        guard heads.count == words.count, Set(words).count == words.count, heads.first == .relevance else {
            throw SafetensorsError(
                "heads that this model can't have", at: "metadata \"heads\"", found: words.joined(separator: ","),
                allowed: "relevance first, then of " + Head.allCases.dropFirst().map(\.rawValue).joined(separator: ", "))
        }
        return heads
    }
}

extension SafetensorsFile {
    /// A word of the metadata that must be one of these.
    @discardableResult
    func demand(_ key: String, allowed: [String]) throws(SafetensorsError) -> String {
        guard let word = metadata[key], allowed.contains(word) else {
            throw SafetensorsError(
                "another word than this model knows", at: "metadata \"\(key)\"", found: metadata[key] ?? "nothing",
                allowed: allowed.joined(separator: ", "))
        }
        return word
    }

    /// Names with commas between them; none is empty, none comes twice.
    fileprivate func list(_ key: String) throws(SafetensorsError) -> [String] {
        guard let text = metadata[key] else {
            throw SafetensorsError(
                "a missing list", at: "metadata \"\(key)\"", found: "nothing", allowed: "names with commas between them")
        }
        let names = text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard names.count <= 1 << 12, !names.contains(""), Set(names).count == names.count else {
            throw SafetensorsError(
                "a list with an empty or repeated name", at: "metadata \"\(key)\"", found: text,
                allowed: "at most 4096 different names")
        }
        return names
    }

    fileprivate func number<Value>(
        _ key: String, allowed: String, _ read: (String) -> Value?
    ) throws(SafetensorsError) -> Value {
        guard let text = metadata[key], let value = read(text) else {
            throw SafetensorsError(
                "no such number", at: "metadata \"\(key)\"", found: metadata[key] ?? "nothing", allowed: allowed)
        }
        return value
    }
}
