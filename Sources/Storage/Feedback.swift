import GRDB

/// What a user or agent said of one memory in one answer.
package struct Feedback: Sendable, Equatable {
    /// Id of a memory that was a candidate of the turn.
    package var memoryID: String
    /// relevance, used, pinned, …
    package var kind: String
    /// −1 (harmful) to 1 (exactly right).
    package var value: Double

    package init(memoryID: String, kind: String, value: Double) {
        self.memoryID = memoryID
        self.kind = kind
        self.value = value
    }
}

/// The running figures of one memory and kind over all turns.
package struct FeedbackTotal: Sendable, Equatable {
    package let kind: String
    package let count: Int
    package let sum: Double
    package var mean: Double { count > 0 ? sum / Double(count) : 0 }
}

extension Store {
    /// Writes feedback on a turn, all or nothing.
    ///
    /// The same value sent twice counts once; another value for the same turn, memory and kind takes
    /// the old one's place, in the running figures too. A kill between the commit and the answer is
    /// therefore healed by sending again.
    ///
    /// - Returns: How many values were new or changed.
    /// - Throws: `notFound` naming the retrieval id, or all memory ids that were no candidates of it;
    ///   `invalidValue`.
    @discardableResult
    package func recordFeedback(
        scope: Scope, retrievalID: String, _ feedback: [Feedback], atMilliseconds: Int64
    ) throws(StorageError) -> Int {
        for entry in feedback {
            guard (-1...1).contains(entry.value) else {
                throw StorageError(
                    .invalidValue,
                    "The feedback on \(entry.memoryID) is \(entry.value); −1 to 1 is allowed.")
            }
            guard !entry.kind.isEmpty else {
                throw StorageError(.invalidValue, "The feedback on \(entry.memoryID) has no kind.")
            }
        }
        return try write("Recording feedback on \(retrievalID)") { database in
            let (turnID, candidates) = try Self.candidates(of: retrievalID, scope: scope, database)
            let unknown = feedback.map(\.memoryID).filter { candidates[$0] == nil }
            guard unknown.isEmpty else {
                throw StorageError(
                    .notFound,
                    "The turn \(retrievalID) had no candidate \(unknown.joined(separator: ", ")); "
                        + "`mneme explain \(retrievalID)` lists those it had.")
            }
            var changed = 0
            for entry in feedback {
                let isChanged = try Self.write(
                    entry, turnID: turnID, rowid: candidates[entry.memoryID]!, at: atMilliseconds, database)
                if isChanged { changed += 1 }
            }
            return changed
        }
    }

    private static func candidates(
        of retrievalID: String, scope: Scope, _ database: Database
    ) throws -> (turnID: Int64, rowidOfID: [String: Int64?]) {
        let find = try RawStatement(
            database,
            "SELECT turn_id FROM turn JOIN scope USING (scope_id) "
                + "WHERE retrieval_id = ? AND user = ? AND agent = ?")
        defer { find.reset() }
        find.bind(retrievalID, at: 1)
        find.bind(scope.user, at: 2)
        find.bind(scope.agent, at: 3)
        guard try find.step() else {
            throw StorageError(
                .notFound,
                "There is no turn \(retrievalID) of user \(scope.user), agent \(scope.agent); every "
                    + "answer carries its retrieval_id.")
        }
        let turnID = find.int64(0)
        let rows = try RawStatement(
            database,
            """
            SELECT ifnull(external_id, memory.id), memory_rowid
            FROM turn_candidate LEFT JOIN memory USING (memory_rowid) WHERE turn_id = ?
            """)
        defer { rows.reset() }
        rows.bind(turnID, at: 1)
        var rowidOfID: [String: Int64?] = [:]
        while try rows.step() {
            if let id = rows.optionalText(0) { rowidOfID[id] = .some(rows.optionalInt64(1)) }
        }
        return (turnID, rowidOfID)
    }

    /// False where the same value stood there.
    private static func write(
        _ entry: Feedback, turnID: Int64, rowid: Int64?, at time: Int64, _ database: Database
    ) throws -> Bool {
        let old = try RawStatement(
            database, "SELECT value FROM feedback WHERE turn_id = ? AND memory_id = ? AND kind = ?")
        old.bind(turnID, at: 1)
        old.bind(entry.memoryID, at: 2)
        old.bind(entry.kind, at: 3)
        let before = try old.step() ? old.double(0) : nil
        old.reset()
        if before == entry.value { return false }

        let upsert = try RawStatement(
            database,
            """
            INSERT INTO feedback (turn_id, memory_id, kind, value, first_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?5)
            ON CONFLICT DO UPDATE SET value = ?4, updated_at = ?5, revisions = revisions + 1
            """)
        upsert.bind(turnID, at: 1)
        upsert.bind(entry.memoryID, at: 2)
        upsert.bind(entry.kind, at: 3)
        upsert.bind(entry.value, at: 4)
        upsert.bind(time, at: 5)
        try upsert.run()

        guard let rowid else { return true }
        let total = try RawStatement(
            database,
            """
            INSERT INTO feedback_total (memory_rowid, kind, count, sum) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET count = count + ?3, sum = sum + ?4
            """)
        total.bind(rowid, at: 1)
        total.bind(entry.kind, at: 2)
        total.bind(before == nil ? 1 : 0, at: 3)
        total.bind(entry.value - (before ?? 0), at: 4)
        try total.run()
        return true
    }

    /// The feedback that a turn has received, by memory id, then kind.
    package func feedback(scope: Scope, retrievalID: String) throws(StorageError) -> [Feedback] {
        try read("Reading feedback on \(retrievalID)") { database in
            let (turnID, _) = try Self.candidates(of: retrievalID, scope: scope, database)
            let rows = try RawStatement(
                database,
                "SELECT memory_id, kind, value FROM feedback WHERE turn_id = ? ORDER BY memory_id, kind")
            defer { rows.reset() }
            rows.bind(turnID, at: 1)
            var all: [Feedback] = []
            while try rows.step() {
                all.append(Feedback(memoryID: rows.text(0), kind: rows.text(1), value: rows.double(2)))
            }
            return all
        }
    }

    /// The running figures of each of `rowids`, by kind.
    package func feedbackTotals(
        scope: Scope, rowids: [Int64]
    ) throws(StorageError) -> [[FeedbackTotal]] {
        try read("Reading feedback totals") { database in
            let scopeID = try ScopeTable.find(scope, database)
            let rows = try RawStatement(
                database,
                "SELECT kind, count, sum FROM feedback_total WHERE memory_rowid = ? ORDER BY kind")
            return try rowids.map { rowid in
                guard RowID.owner(of: rowid) == scopeID else { return [] }
                defer { rows.reset() }
                rows.bind(rowid, at: 1)
                var totals: [FeedbackTotal] = []
                while try rows.step() {
                    totals.append(
                        FeedbackTotal(kind: rows.text(0), count: rows.int(1), sum: rows.double(2)))
                }
                return totals
            }
        }
    }
}
