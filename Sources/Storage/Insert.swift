import GRDB

/// What became of a batch; `index` is the place in the batch, from 0.
package struct InsertReport: Sendable, Equatable {
    package struct Inserted: Sendable, Equatable {
        package let index: Int
        package let id: String
        package let rowid: Int64
    }
    package struct Skipped: Sendable, Equatable {
        package let index: Int
        /// The id of the memory that was there already.
        package let id: String
        /// It was forgotten; importing it again does not bring it back.
        package let isForgotten: Bool
    }
    package struct Failed: Sendable, Equatable {
        package let index: Int
        package let error: StorageError
    }
    package internal(set) var inserted: [Inserted] = []
    package internal(set) var skipped: [Skipped] = []
    package internal(set) var failed: [Failed] = []
}

extension Store {
    /// Writes a batch in one transaction and returns after its commit.
    ///
    /// A record that stands there already (same content hash) is skipped; one that is refused is
    /// reported and the others are written all the same.
    ///
    /// - Throws: only what stops the whole batch: `busy`, `diskFull`, `corrupt`. Nothing is written then.
    package func insert(
        _ batch: [(memory: NewMemory, traits: StoredTextTraits)], scope: Scope
    ) throws(StorageError) -> InsertReport {
        // Hashing and checking need no lock.
        let prepared = batch.map { PreparedMemory($0.memory, $0.traits) }
        // First without savepoints. Each one makes FTS5 flush its index, and SQLite walk its list of
        // saved pages after every statement.
        if let report = try write(prepared, scope: scope, guarded: false) { return report }
        guard let report = try write(prepared, scope: scope, guarded: true) else {
            preconditionFailure("with a savepoint per record, a record can't stop the batch")
        }
        return report
    }

    /// nil where a record failed half-way and the batch, unguarded, was rolled back.
    private func write(
        _ batch: [PreparedMemory], scope: Scope, guarded: Bool
    ) throws(StorageError) -> InsertReport? {
        do {
            return try write("Inserting \(batch.count) memories") { database in
                var inserter = try Inserter(scope: scope, database: database)
                return try inserter.insert(batch, guarded: guarded)
            }
        } catch where error.code == .recordRefused {
            return nil
        }
    }
}

/// A record checked and hashed, or the reason why not.
struct PreparedMemory: Sendable {
    let memory: NewMemory
    let traits: StoredTextTraits
    let hash: ContentHash
    let refusal: StorageError?

    init(_ memory: NewMemory, _ traits: StoredTextTraits) {
        self.memory = memory
        self.traits = traits
        hash = ContentHash(of: memory)
        do {
            try Validation.check(memory)
            refusal = nil
        } catch {
            refusal = error
        }
    }
}

/// Writes the records of one batch inside one transaction. Used by one thread.
struct Inserter {
    private let database: Database
    private let scopeID: Int64
    private var directory: Directory
    private var vectors: VectorWriter
    private var nextSequence: Int64
    private var report = InsertReport()

    init(scope: Scope, database: Database) throws {
        self.database = database
        scopeID = try ScopeTable.findOrCreate(scope, database)
        directory = Directory(scopeID: scopeID, database: database)
        vectors = VectorWriter(scopeID: scopeID, database: database)
        let statement = try RawStatement(database, "SELECT next_sequence FROM scope WHERE scope_id = ?")
        defer { statement.reset() }
        statement.bind(scopeID, at: 1)
        _ = try statement.step()
        nextSequence = statement.int64(0)
    }

    mutating func insert(_ batch: [PreparedMemory], guarded: Bool) throws -> InsertReport {
        try database.execute(sql: "INSERT INTO bulk_insert VALUES (1)")
        let first = nextSequence
        for (index, record) in batch.enumerated() {
            if let refusal = record.refusal {
                report.failed.append(.init(index: index, error: refusal))
                continue
            }
            if guarded { try database.execute(sql: "SAVEPOINT record") }
            do {
                try insert(record, index: index)
                if guarded {
                    try directory.flush()
                    try database.execute(sql: "RELEASE record")
                }
            } catch let error as StorageError {
                // Found before anything was written.
                report.failed.append(.init(index: index, error: error))
                if guarded { try database.execute(sql: "ROLLBACK TO record; RELEASE record") }
            } catch let error as DatabaseError where Self.isAboutTheRecord(error) {
                guard guarded else { throw StorageError(.recordRefused, "") }
                try database.execute(sql: "ROLLBACK TO record; RELEASE record")
                // What was looked up may have been rolled back with the record.
                directory = Directory(scopeID: scopeID, database: database)
                vectors = VectorWriter(scopeID: scopeID, database: database)
                let reason = error.message ?? "SQLite code \(error.extendedResultCode.rawValue)"
                report.failed.append(
                    .init(index: index, error: .init(.invalidValue, "the database refuses it: \(reason)")))
            }
        }
        try directory.flush()
        try index(sequences: first..<nextSequence)
        try database.execute(sql: "DELETE FROM bulk_insert")
        let statement = try RawStatement(
            database, "UPDATE scope SET next_sequence = ? WHERE scope_id = ?")
        statement.bind(nextSequence, at: 1)
        statement.bind(scopeID, at: 2)
        try statement.run()
        return report
    }

    private static func isAboutTheRecord(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE: true
        default: false
        }
    }

    private mutating func insert(_ record: PreparedMemory, index: Int) throws {
        let memory = record.memory
        if let skipped = try existing(record.hash, index: index) {
            report.skipped.append(skipped)
            return
        }
        let id = memory.id ?? record.hash.derivedID
        if try MemoryTable.rowid(of: id, scopeID: scopeID, database) != nil {
            throw StorageError(
                .idTaken, "the id \(id) already stands for another memory; update that one, or leave the id off")
        }
        let replaced = try memory.supersedes.map { old in
            guard let rowid = try MemoryTable.rowid(of: old, scopeID: scopeID, database) else {
                throw StorageError(.notFound, "it supersedes \(old), which is not a memory of this scope")
            }
            return rowid
        }
        for embedding in memory.embeddings { try vectors.check(embedding) }
        guard nextSequence <= RowID.sequenceMask else {
            throw StorageError(.invalidValue, "the scope is full")
        }

        let sequence = nextSequence
        let rowid = RowID.make(owner: scopeID, sequence: sequence)
        let author = try memory.author.map { try directory.author($0) }
        let place = try memory.session.map {
            try directory.place(
                inSession: $0, ordinal: memory.ordinal, atMilliseconds: memory.createdAtMilliseconds)
        }
        let row = try RawStatement(database, Self.insertion)
        row.bind(rowid, at: 1)
        row.bind(scopeID, at: 2)
        row.bind(id, at: 3)
        row.bind(record.hash.bytes, at: 4)
        row.bind(memory.type, at: 5)
        row.bind(memory.importance, at: 6)
        row.bind(memory.isPinned, at: 7)
        row.bind(memory.isConstraint, at: 8)
        row.bind(memory.createdAtMilliseconds, at: 9)
        row.bind(memory.validFromMilliseconds, at: 10)
        row.bind(memory.validUntilMilliseconds, at: 11)
        row.bind(author, at: 12)
        row.bind(place?.sessionID, at: 13)
        row.bind(place?.ordinal ?? memory.ordinal, at: 14)
        row.bind(record.traits.tokenCount, at: 15)
        row.bind(record.traits.asksQuestion, at: 16)
        row.bind(record.traits.namesTime, at: 17)
        row.bind(Double(record.traits.firstPersonShare), at: 18)
        row.bind(memory.source, at: 19)
        row.bind(memory.text, at: 20)
        row.bind(memory.caption, at: 21)
        row.bind(memory.metadata, at: 22)
        try row.run()
        nextSequence += 1

        for (position, mention) in memory.entities.enumerated() {
            try directory.link(mention, toMemory: rowid, position: position)
        }
        for embedding in memory.embeddings {
            try vectors.write(embedding, sequence: sequence)
        }
        if let replaced {
            let statement = try RawStatement(
                database, "UPDATE memory SET superseded_by = ? WHERE memory_rowid = ?")
            statement.bind(rowid, at: 1)
            statement.bind(replaced, at: 2)
            try statement.run()
        }
        report.inserted.append(.init(index: index, id: id, rowid: rowid))
    }

    /// What the insert trigger does, for a whole batch at once (`SchemaOne.statistics` says why).
    private func index(sequences: Range<Int64>) throws {
        guard !sequences.isEmpty else { return }
        let whole = [
            """
            INSERT INTO memory_text (rowid, author, text, caption)
                SELECT memory_rowid, author, text, caption FROM searchable_memory
                WHERE memory_rowid BETWEEN ? AND ?
            """,
            """
            INSERT INTO memory_surface (rowid, text, caption)
                SELECT memory_rowid, text, caption FROM searchable_memory
                WHERE memory_rowid BETWEEN ? AND ?
            """,
            """
            UPDATE scope_statistics SET
                documents = scope_statistics.documents + new.documents,
                tokens = scope_statistics.tokens + new.tokens,
                author_tokens = scope_statistics.author_tokens + new.author_tokens
                FROM (SELECT count(*) AS documents, sum(memory.token_count) AS tokens,
                    sum(ifnull(author.token_count, 0)) AS author_tokens
                    FROM memory LEFT JOIN author USING (author_id)
                    WHERE memory_rowid BETWEEN ?1 AND ?2) AS new
                WHERE scope_id = ?1 >> 40
            """,
        ]
        for sql in whole {
            let statement = try RawStatement(database, sql)
            statement.bind(RowID.make(owner: scopeID, sequence: sequences.lowerBound), at: 1)
            statement.bind(RowID.make(owner: scopeID, sequence: sequences.upperBound - 1), at: 2)
            try statement.run()
        }
    }

    private func existing(_ hash: ContentHash, index: Int) throws -> InsertReport.Skipped? {
        let statement = try RawStatement(
            database,
            "SELECT id, forgotten_at IS NOT NULL FROM memory WHERE scope_id = ? AND content_hash = ?")
        defer { statement.reset() }
        statement.bind(scopeID, at: 1)
        statement.bind(hash.bytes, at: 2)
        guard try statement.step() else { return nil }
        return .init(index: index, id: statement.text(0), isForgotten: statement.bool(1))
    }

    private static let insertion = """
        INSERT INTO memory (memory_rowid, scope_id, id, content_hash, type, importance, is_pinned,
            is_constraint, created_at, updated_at, valid_from, valid_until, author_id, session_id, ordinal,
            token_count, asks_question, names_time, first_person_share, source, text, caption, metadata)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
            ?20, ?21, ?22)
        """
}
