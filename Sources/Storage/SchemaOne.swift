/// Migration "1 the spine". Times are Unix milliseconds UTC; booleans 0 or 1; every table that holds
/// something of a user's hangs on `scope`.
enum SchemaOne {
    static let parts = [scopes, people, memories, search, statistics, vectors, graph, events, turns, state]

    static let scopes = """
        CREATE TABLE scope (
            scope_id      INTEGER PRIMARY KEY CHECK (scope_id BETWEEN 1 AND 8388607),
            user          TEXT NOT NULL,
            agent         TEXT NOT NULL,
            next_sequence INTEGER NOT NULL DEFAULT 1,      -- never goes back: rowids are not reused
            UNIQUE (user, agent)
        ) STRICT;

        -- What BM25 needs to know of a scope; kept by the triggers on `memory`. Forgotten memories
        -- don't count. `revision` moves with every change that a cache of lengths must notice.
        CREATE TABLE scope_statistics (
            scope_id      INTEGER PRIMARY KEY REFERENCES scope ON DELETE CASCADE,
            documents     INTEGER NOT NULL DEFAULT 0,
            tokens        INTEGER NOT NULL DEFAULT 0,
            author_tokens INTEGER NOT NULL DEFAULT 0,
            revision      INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TRIGGER scope_inserted AFTER INSERT ON scope BEGIN
            INSERT INTO scope_statistics (scope_id) VALUES (new.scope_id);
        END;
        """

    static let people = """
        CREATE TABLE author (
            author_id   INTEGER PRIMARY KEY,
            scope_id    INTEGER NOT NULL REFERENCES scope ON DELETE CASCADE,
            name        TEXT NOT NULL,
            token_count INTEGER NOT NULL,
            UNIQUE (scope_id, name)
        ) STRICT;

        CREATE TABLE session (
            session_id   INTEGER PRIMARY KEY,
            scope_id     INTEGER NOT NULL REFERENCES scope ON DELETE CASCADE,
            name         TEXT NOT NULL,
            started_at   INTEGER NOT NULL,                 -- earliest and latest memory in it
            ended_at     INTEGER NOT NULL,
            next_ordinal INTEGER NOT NULL DEFAULT 0,
            UNIQUE (scope_id, name)
        ) STRICT;
        CREATE INDEX session_by_start ON session (scope_id, started_at, ended_at);
        """

    // Narrow columns first: reading a row's numbers then never touches the pages of a long text.
    static let memories = """
        CREATE TABLE memory (
            memory_rowid       INTEGER PRIMARY KEY,        -- scope_id << 40 | sequence
            scope_id           INTEGER NOT NULL REFERENCES scope ON DELETE CASCADE,
            id                 TEXT NOT NULL,
            content_hash       BLOB NOT NULL,              -- 16 bytes
            type               TEXT NOT NULL,
            importance         REAL CHECK (importance BETWEEN 0 AND 1),
            is_pinned          INTEGER NOT NULL DEFAULT 0,
            is_constraint      INTEGER NOT NULL DEFAULT 0,
            created_at         INTEGER NOT NULL,
            updated_at         INTEGER NOT NULL,
            last_access_at     INTEGER,
            access_count       INTEGER NOT NULL DEFAULT 0,
            valid_from         INTEGER,
            valid_until        INTEGER,
            author_id          INTEGER REFERENCES author,
            session_id         INTEGER REFERENCES session,
            ordinal            INTEGER,
            superseded_by      INTEGER REFERENCES memory ON DELETE SET NULL,
            forgotten_at       INTEGER,
            token_count        INTEGER NOT NULL,
            asks_question      INTEGER NOT NULL,
            names_time         INTEGER NOT NULL,
            first_person_share REAL NOT NULL,
            source             TEXT NOT NULL,
            text               TEXT NOT NULL,
            caption            TEXT,
            metadata           TEXT
        ) STRICT;
        CREATE UNIQUE INDEX memory_by_id ON memory (scope_id, id);
        CREATE UNIQUE INDEX memory_by_hash ON memory (scope_id, content_hash);
        CREATE INDEX memory_by_session ON memory (session_id, ordinal, author_id, asks_question)
            WHERE session_id IS NOT NULL AND forgotten_at IS NULL;
        CREATE INDEX memory_by_time ON memory (scope_id, created_at) WHERE forgotten_at IS NULL;
        CREATE INDEX memory_superseded ON memory (superseded_by) WHERE superseded_by IS NOT NULL;
        CREATE INDEX memory_by_author ON memory (author_id) WHERE author_id IS NOT NULL;
        """

    // Both indices are external content over one view, so that `rebuild` and `integrity-check` see
    // what the triggers put in: living memories only.
    static let search = """
        CREATE VIEW searchable_memory AS
            SELECT memory_rowid, author.name AS author, text, caption
            FROM memory LEFT JOIN author USING (author_id)
            WHERE forgotten_at IS NULL;

        CREATE VIRTUAL TABLE memory_text USING fts5 (
            author, text, caption, content = 'searchable_memory', content_rowid = 'memory_rowid',
            tokenize = 'porter unicode61');
        CREATE VIRTUAL TABLE memory_surface USING fts5 (
            text, caption, content = 'searchable_memory', content_rowid = 'memory_rowid',
            tokenize = 'unicode61', prefix = '5');
        """

    // SQLite promises no order among triggers of one event; BEFORE and AFTER are ordered.
    //
    // A statement whose trigger writes to FTS5 makes FTS5 flush its index to disk when it ends: one
    // segment per row. `Insert.swift` therefore holds the insert trigger back with a row in
    // `bulk_insert`, indexes its whole batch with one statement, and takes the row away again, all
    // in one transaction: no other writer ever sees it.
    static let statistics: String = {
        func remove(_ row: String) -> String {
            """
            INSERT INTO memory_text (memory_text, rowid, author, text, caption) VALUES ('delete',
                \(row).memory_rowid, (SELECT name FROM author WHERE author_id = \(row).author_id),
                \(row).text, \(row).caption);
            INSERT INTO memory_surface (memory_surface, rowid, text, caption)
                VALUES ('delete', \(row).memory_rowid, \(row).text, \(row).caption);
            UPDATE scope_statistics SET documents = documents - 1, tokens = tokens - \(row).token_count,
                author_tokens = author_tokens - ifnull(
                    (SELECT token_count FROM author WHERE author_id = \(row).author_id), 0),
                revision = revision + 1
                WHERE scope_id = \(row).scope_id;
            """
        }
        func add(_ row: String) -> String {
            """
            INSERT INTO memory_text (rowid, author, text, caption) VALUES (\(row).memory_rowid,
                (SELECT name FROM author WHERE author_id = \(row).author_id), \(row).text, \(row).caption);
            INSERT INTO memory_surface (rowid, text, caption)
                VALUES (\(row).memory_rowid, \(row).text, \(row).caption);
            UPDATE scope_statistics SET documents = documents + 1, tokens = tokens + \(row).token_count,
                author_tokens = author_tokens + ifnull(
                    (SELECT token_count FROM author WHERE author_id = \(row).author_id), 0)
                WHERE scope_id = \(row).scope_id;
            """
        }
        let searched = "text, caption, author_id, token_count, forgotten_at"
        return """
            CREATE TABLE bulk_insert (is_on INTEGER PRIMARY KEY CHECK (is_on = 1)) STRICT;
            CREATE TRIGGER memory_inserted AFTER INSERT ON memory
                WHEN new.forgotten_at IS NULL AND NOT EXISTS (SELECT 1 FROM bulk_insert) BEGIN
                \(add("new")) END;
            CREATE TRIGGER memory_deleted BEFORE DELETE ON memory WHEN old.forgotten_at IS NULL BEGIN
                \(remove("old")) END;
            CREATE TRIGGER memory_changing BEFORE UPDATE OF \(searched) ON memory
                WHEN old.forgotten_at IS NULL BEGIN \(remove("old")) END;
            CREATE TRIGGER memory_changed AFTER UPDATE OF \(searched) ON memory
                WHEN new.forgotten_at IS NULL BEGIN \(add("new")) END;
            """
    }()

    // A vector set is one model in one scope. Its vectors stand together, in the order of their
    // memories: rowid = vector_set_id << 40 | the memory's sequence.
    static let vectors = """
        CREATE TABLE vector_set (
            vector_set_id INTEGER PRIMARY KEY CHECK (vector_set_id BETWEEN 1 AND 8388607),
            scope_id      INTEGER NOT NULL REFERENCES scope ON DELETE CASCADE,
            model         TEXT NOT NULL,
            dimension     INTEGER NOT NULL CHECK (dimension > 0),
            UNIQUE (scope_id, model)
        ) STRICT;
        CREATE TABLE embedding (
            embedding_rowid INTEGER PRIMARY KEY,
            is_live         INTEGER NOT NULL,              -- 0 while its memory is forgotten
            is_half         INTEGER NOT NULL,              -- float16 rather than float32
            norm            REAL NOT NULL,                 -- Euclidean, of the stored components
            vector          BLOB NOT NULL                  -- little-endian components
        ) STRICT;
        CREATE TRIGGER embedding_of_deleted AFTER DELETE ON memory BEGIN
            DELETE FROM embedding WHERE embedding_rowid IN (
                SELECT vector_set_id << 40 | (old.memory_rowid & 1099511627775)
                FROM vector_set WHERE scope_id = old.scope_id);
        END;
        CREATE TRIGGER embedding_of_forgotten AFTER UPDATE OF forgotten_at ON memory
            WHEN (old.forgotten_at IS NULL) <> (new.forgotten_at IS NULL) BEGIN
            UPDATE embedding SET is_live = new.forgotten_at IS NULL WHERE embedding_rowid IN (
                SELECT vector_set_id << 40 | (new.memory_rowid & 1099511627775)
                FROM vector_set WHERE scope_id = new.scope_id);
        END;
        """

    static let graph = """
        CREATE TABLE entity (
            entity_id  INTEGER PRIMARY KEY,
            scope_id   INTEGER NOT NULL REFERENCES scope ON DELETE CASCADE,
            name       TEXT NOT NULL,
            kind       TEXT NOT NULL,
            is_pinned  INTEGER NOT NULL DEFAULT 0,
            mentions   INTEGER NOT NULL DEFAULT 0,         -- memories that name it
            community  INTEGER,
            created_at INTEGER NOT NULL,
            UNIQUE (scope_id, name, kind)
        ) STRICT;
        CREATE TABLE aspect (
            aspect_id INTEGER PRIMARY KEY,
            entity_id INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
            name      TEXT NOT NULL,
            weight    REAL NOT NULL DEFAULT 0.5,           -- 0–1, moved by feedback
            UNIQUE (entity_id, name)
        ) STRICT;
        CREATE TABLE attribute (
            attribute_id  INTEGER PRIMARY KEY,
            aspect_id     INTEGER NOT NULL REFERENCES aspect ON DELETE CASCADE,
            memory_rowid  INTEGER REFERENCES memory ON DELETE SET NULL,
            kind          TEXT NOT NULL,                   -- attribute, constraint
            content       TEXT NOT NULL,
            confidence    REAL NOT NULL,
            importance    REAL NOT NULL,
            status        TEXT NOT NULL,                   -- active, superseded, deleted
            created_at    INTEGER NOT NULL,
            UNIQUE (aspect_id, content)
        ) STRICT;
        CREATE INDEX attribute_by_memory ON attribute (memory_rowid) WHERE memory_rowid IS NOT NULL;
        CREATE TABLE dependency (
            source_id  INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
            target_id  INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
            kind       TEXT NOT NULL,
            strength   REAL NOT NULL,                      -- 0–1
            confidence REAL NOT NULL,                      -- 0–1
            reason     TEXT,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (source_id, target_id, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX dependency_by_target ON dependency (target_id);
        CREATE TABLE memory_entity (
            memory_rowid INTEGER NOT NULL REFERENCES memory ON DELETE CASCADE,
            position     INTEGER NOT NULL,                 -- order of naming, 0 = first
            entity_id    INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
            aspect_id    INTEGER REFERENCES aspect ON DELETE SET NULL,
            PRIMARY KEY (memory_rowid, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX memory_by_entity ON memory_entity (entity_id, memory_rowid);
        CREATE INDEX memory_entity_by_aspect ON memory_entity (aspect_id) WHERE aspect_id IS NOT NULL;
        CREATE TRIGGER entity_mentioned AFTER INSERT ON memory_entity BEGIN
            UPDATE entity SET mentions = mentions + 1 WHERE entity_id = new.entity_id;
        END;
        CREATE TRIGGER entity_unmentioned AFTER DELETE ON memory_entity BEGIN
            UPDATE entity SET mentions = mentions - 1 WHERE entity_id = old.entity_id;
        END;
        """

    static let events = """
        CREATE TABLE event (
            event_id           INTEGER PRIMARY KEY,
            scope_id           INTEGER NOT NULL REFERENCES scope ON DELETE CASCADE,
            key                TEXT NOT NULL,              -- repeated imports do nothing
            kind               TEXT NOT NULL,
            at                 INTEGER NOT NULL,
            utc_offset_minutes INTEGER NOT NULL,
            actor_id           INTEGER REFERENCES author,
            query              TEXT,
            UNIQUE (scope_id, key)
        ) STRICT;
        CREATE INDEX event_by_time ON event (scope_id, at, event_id);
        CREATE TABLE event_entity (
            event_id  INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
            position  INTEGER NOT NULL,
            entity_id INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
            aspect_id INTEGER REFERENCES aspect ON DELETE SET NULL,
            PRIMARY KEY (event_id, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX event_by_entity ON event_entity (entity_id, event_id);
        CREATE INDEX event_entity_by_aspect ON event_entity (aspect_id) WHERE aspect_id IS NOT NULL;
        CREATE TABLE event_memory (
            event_id     INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
            memory_rowid INTEGER NOT NULL REFERENCES memory ON DELETE CASCADE,
            PRIMARY KEY (event_id, memory_rowid)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX event_by_memory ON event_memory (memory_rowid, event_id);
        """

    // What a turn has in common (arm, versions, names of the contributions) stands once in `turn`;
    // `turn_candidate` has one row per candidate, shown or not.
    static let turns = """
        CREATE TABLE turn (
            turn_id            INTEGER PRIMARY KEY,
            scope_id           INTEGER NOT NULL REFERENCES scope ON DELETE CASCADE,
            retrieval_id       TEXT NOT NULL UNIQUE,
            session            TEXT,
            at                 INTEGER NOT NULL,
            query              TEXT NOT NULL,
            arm                TEXT NOT NULL,
            scorer_versions    TEXT NOT NULL,              -- JSON object, scorer → version
            configuration_hash TEXT NOT NULL,
            contribution_names TEXT NOT NULL,              -- JSON array
            seed               INTEGER NOT NULL,
            temperature        REAL NOT NULL,
            requested          INTEGER NOT NULL,           -- k
            token_budget       INTEGER,
            latency_ns         INTEGER NOT NULL,
            degraded           TEXT,                       -- why, or NULL
            details            TEXT                        -- free JSON object
        ) STRICT;
        CREATE INDEX turn_by_time ON turn (scope_id, at);
        CREATE TABLE turn_candidate (
            turn_id          INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE,
            rank             INTEGER NOT NULL,             -- 1 = best, before tiers
            memory_rowid     INTEGER REFERENCES memory ON DELETE SET NULL,
            external_id      TEXT,                         -- a candidate of the caller's own
            position         INTEGER,                      -- place in the answer, 1 = first
            score            REAL NOT NULL,
            contributions    BLOB NOT NULL,                -- float32, in the order of the names
            propensity       REAL,
            is_deterministic INTEGER NOT NULL,
            is_pinned        INTEGER NOT NULL,
            injected         INTEGER NOT NULL,
            drop_reason      TEXT,
            PRIMARY KEY (turn_id, rank)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX turn_by_memory ON turn_candidate (memory_rowid, turn_id)
            WHERE memory_rowid IS NOT NULL;

        CREATE TABLE feedback (
            turn_id    INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE,
            memory_id  TEXT NOT NULL,
            kind       TEXT NOT NULL,
            value      REAL NOT NULL,
            first_at   INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            revisions  INTEGER NOT NULL DEFAULT 0,         -- times the value was changed
            PRIMARY KEY (turn_id, memory_id, kind)
        ) STRICT, WITHOUT ROWID;
        -- The running sum per memory and kind: what a ranking reads.
        CREATE TABLE feedback_total (
            memory_rowid INTEGER NOT NULL REFERENCES memory ON DELETE CASCADE,
            kind         TEXT NOT NULL,
            count        INTEGER NOT NULL,
            sum          REAL NOT NULL,
            PRIMARY KEY (memory_rowid, kind)
        ) STRICT, WITHOUT ROWID;
        """

    static let state = """
        CREATE TABLE scorer_state (
            scope_id       INTEGER NOT NULL REFERENCES scope ON DELETE CASCADE,
            scorer         TEXT NOT NULL,
            session        TEXT NOT NULL,                  -- '' = the scope's own
            state_id       TEXT NOT NULL,                  -- the weights it belongs to
            event_sequence INTEGER NOT NULL,               -- events it has seen
            envelope       BLOB NOT NULL,
            updated_at     INTEGER NOT NULL,
            PRIMARY KEY (scope_id, scorer, session, state_id)
        ) STRICT;
        CREATE TABLE configuration_history (
            configuration_id INTEGER PRIMARY KEY,
            at               INTEGER NOT NULL,
            hash             TEXT NOT NULL,
            document         TEXT NOT NULL,
            outcome          TEXT NOT NULL,                -- activated, refused, reverted
            note             TEXT
        ) STRICT;
        """
}
