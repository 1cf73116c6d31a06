import GRDB

/// A scorer's memory between turns. It means something only under the weights it was made with.
package struct ScorerState: Sendable, Equatable {
    /// Of the weights.
    package var stateID: String
    /// How many events of the scope it has seen.
    package var eventSequence: Int64
    /// Written and checked by the host.
    package var envelope: [UInt8]
    package var updatedAtMilliseconds: Int64

    package init(
        stateID: String, eventSequence: Int64, envelope: [UInt8], updatedAtMilliseconds: Int64
    ) {
        self.stateID = stateID
        self.eventSequence = eventSequence
        self.envelope = envelope
        self.updatedAtMilliseconds = updatedAtMilliseconds
    }
}

extension Store {
    /// Keeps a scorer's state; one state per scope, session and weights, the last one written.
    ///
    /// - Parameter session: nil = the scope's own state, across sessions.
    package func putScorerState(
        _ state: ScorerState, scope: Scope, scorer: String, session: String? = nil
    ) throws(StorageError) {
        try write("Keeping the state of \(scorer)") { database in
            let statement = try RawStatement(
                database,
                """
                INSERT OR REPLACE INTO scorer_state
                    (scope_id, scorer, session, state_id, event_sequence, envelope, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
            statement.bind(try ScopeTable.findOrCreate(scope, database), at: 1)
            statement.bind(scorer, at: 2)
            statement.bind(session ?? "", at: 3)
            statement.bind(state.stateID, at: 4)
            statement.bind(state.eventSequence, at: 5)
            if state.envelope.isEmpty {
                statement.bindEmptyBytes(at: 6)
            } else {
                statement.bind(state.envelope, at: 6)
            }
            statement.bind(state.updatedAtMilliseconds, at: 7)
            try statement.run()
        }
    }

    /// The state a scorer left under these weights; nil = none, replay the events.
    package func scorerState(
        scope: Scope, scorer: String, session: String? = nil, stateID: String
    ) throws(StorageError) -> ScorerState? {
        try read("Reading the state of \(scorer)") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return nil }
            let statement = try RawStatement(
                database,
                """
                SELECT event_sequence, envelope, updated_at FROM scorer_state
                WHERE scope_id = ? AND scorer = ? AND session = ? AND state_id = ?
                """)
            defer { statement.reset() }
            statement.bind(scopeID, at: 1)
            statement.bind(scorer, at: 2)
            statement.bind(session ?? "", at: 3)
            statement.bind(stateID, at: 4)
            guard try statement.step() else { return nil }
            return ScorerState(
                stateID: stateID, eventSequence: statement.int64(0),
                envelope: Array(statement.bytes(1)), updatedAtMilliseconds: statement.int64(2))
        }
    }
}
