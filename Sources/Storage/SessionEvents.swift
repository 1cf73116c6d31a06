import Foundation
import GRDB

/// One event as it was frozen: what was known when its turn began.
package struct StoredSessionEvent: Sendable, Equatable {
    package var atMilliseconds: Int64
    /// In the order of the catalog of event columns of its time; a newer catalog is longer at the end.
    package var features: [Float]
    package var ids: [UInt64]
    package var roles: [UInt8]
    package var embedding: [Float]?

    package init(atMilliseconds: Int64, features: [Float], ids: [UInt64], roles: [UInt8], embedding: [Float]?) {
        self.atMilliseconds = atMilliseconds
        self.features = features
        self.ids = ids
        self.roles = roles
        self.embedding = embedding
    }
}

/// What came before an event that is about to be frozen.
package struct SessionPast: Sendable {
    /// Of the last event; nil = this is the first.
    package var lastMilliseconds: Int64?
    /// When the conversation that this event belongs to began.
    package var conversationBeganMilliseconds: Int64
    /// Memories that the last turn showed, and those that were used.
    package var shown: [String] = []
    package var referenced: [String] = []
    /// Mean of the last turn's ratings, −1…1; nil = there are none.
    package var rating: Double?
    package var hits = 0
}

extension Store {
    /// Freezes the next event of a session, in one transaction. The same turn again gives the event that it had.
    ///
    /// - Parameters:
    ///   - key: the session's, for good.
    ///   - turn: the caller's name of the turn; nil = it has none.
    ///   - focal: entities that the caller names, any case.
    ///   - count: counts the event before this one, whose outcome is now known.
    ///   - make: fills the event from what came before.
    /// - Returns: the event's number, from 1.
    package func freezeEvent(
        key: UInt64, scope: Scope, conversation: String?, turn: String?, atMilliseconds: Int64,
        utcOffsetSeconds: Int, focal: [String], count: CounterFold, make: (SessionPast) -> StoredSessionEvent
    ) throws -> UInt64 {
        let key = Int64(bitPattern: key)
        return try pool.write { db in
            if let turn,
                let known = try Int64.fetchOne(
                    db, sql: "SELECT sequence FROM session_event WHERE session_key = ? AND turn_key = ?", arguments: [key, turn])
            {
                return UInt64(known)
            }
            let last = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT sequence, at_ms, conversation, conversation_began_ms, is_counted FROM session_event WHERE session_key = ?
                        ORDER BY sequence DESC LIMIT 1
                        """), arguments: [key])
            let isSame = last.map { ($0["conversation"] as String?) == conversation } ?? false
            var past = SessionPast(conversationBeganMilliseconds: isSame ? last?["conversation_began_ms"] ?? atMilliseconds : atMilliseconds)
            past.lastMilliseconds = last?["at_ms"]
            let scopeID = try Self.ensureScopeID(db, scope)
            if last != nil { try Self.addOutcome(db, scopeID, &past) }
            if let last, last["is_counted"] == false {
                try Self.countTurn(db, scopeID, key: key, sequence: last["sequence"], fold: count)
            }
            let event = make(past)
            let sequence: Int64 = (last?["sequence"] ?? 0) + 1
            try db.cachedStatement(
                sql: """
                    INSERT INTO session_event (session_key, sequence, turn_key, at_ms, conversation, conversation_began_ms, features, ids,
                        roles, embedding, utc_offset_s, is_counted) VALUES (?,?,?,?,?,?,?,?,?,?,?,0)
                    """
            ).execute(arguments: [
                key, sequence, turn, event.atMilliseconds, conversation, past.conversationBeganMilliseconds,
                event.features.withUnsafeBytes { Data($0) }, event.ids.withUnsafeBytes { Data($0) }, Data(event.roles),
                event.embedding?.withUnsafeBytes { Data($0) }, utcOffsetSeconds,
            ])
            try Self.keepFocal(db, scopeID, focal, key: key, sequence: sequence)
            return UInt64(sequence)
        }
    }

    /// What became of the last turn: later feedback goes into the event after it.
    private static func addOutcome(_ db: Database, _ scopeID: Int64, _ past: inout SessionPast) throws {
        guard
            let turnID = try Int64.fetchOne(
                db, sql: "SELECT turn_id FROM turn WHERE scope_id = ? ORDER BY turn_id DESC LIMIT 1", arguments: [scopeID])
        else { return }
        past.shown = try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT m.id FROM turn_candidate c JOIN memory m ON m.rowid = c.memory
                    WHERE c.turn_id = ? AND c.position IS NOT NULL ORDER BY c.position
                    """), arguments: [turnID])
        let feedback = try Row.fetchAll(
            db, sql: "SELECT m.id, f.kind, f.value FROM feedback f JOIN memory m ON m.rowid = f.memory WHERE f.turn_id = ?",
            arguments: [turnID])
        let ratings: [Double] = feedback.filter { $0[1] == "rating" }.map { $0[2] }
        if !ratings.isEmpty { past.rating = ratings.reduce(0, +) / Double(ratings.count) }
        past.hits = feedback.filter { $0[1] == "hit" }.count
        past.referenced = feedback.filter { $0[1] == "referenced" }.map { $0[0] }
    }

    /// Events `first` to `last`, both included, in order; fewer if they aren't there.
    package func sessionEvents(key: UInt64, from first: UInt64, through last: UInt64) throws -> [StoredSessionEvent] {
        try pool.read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT at_ms, features, ids, roles, embedding FROM session_event
                        WHERE session_key = ? AND sequence BETWEEN ? AND ? ORDER BY sequence
                        """),
                arguments: [Int64(bitPattern: key), Int64(first), Int64(last)]
            ).map { row in
                let embedding: Data? = row[4]
                let roles: Data = row[3]
                return StoredSessionEvent(
                    atMilliseconds: row[0], features: Self.array(row[1]), ids: Self.array(row[2]), roles: Array(roles),
                    embedding: embedding.map { Self.array($0) })
            }
        }
    }

    private static func array<Element: BitwiseCopyable>(_ data: Data) -> [Element] {
        let count = data.count / MemoryLayout<Element>.stride
        return [Element](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = data.copyBytes(to: buffer) / MemoryLayout<Element>.stride
        }
    }

    /// The newest state of a scorer's session; nil = none is kept.
    package func scorerState(_ scorer: String, session: UInt64) throws -> [UInt8]? {
        try pool.read { db in
            try Data.fetchOne(
                db, sql: "SELECT envelope FROM scorer_state WHERE scorer = ? AND session_key = ?",
                arguments: [scorer, Int64(bitPattern: session)]
            ).map { Array($0) }
        }
    }

    /// An older state never takes the place of a newer one.
    package func keepScorerState(_ envelope: [UInt8], scorer: String, session: UInt64, sequence: UInt64, atMilliseconds: Int64) throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO scorer_state (scorer, session_key, last_event, at_ms, envelope) VALUES (?,?,?,?,?)
                    ON CONFLICT (scorer, session_key) DO UPDATE SET last_event = excluded.last_event, at_ms = excluded.at_ms,
                        envelope = excluded.envelope WHERE excluded.last_event >= last_event
                    """,
                arguments: [scorer, Int64(bitPattern: session), Int64(sequence), atMilliseconds, Data(envelope)])
        }
    }
}
