import GRDB

/// The tables, by named migrations: a migration that shipped is never edited, a change is a new one.
///
/// A memory's rowid is `scope << 40 | sequence`. A scope is therefore a range of rowids, which FTS5 and every
/// index by rowid can seek to: no query needs to read, count or weigh another user's rows.
enum Schema {
    /// "Mnem" in `PRAGMA application_id`: tells our file from any other SQLite database.
    static let applicationID = 0x4D6E_656D

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 memories, text, vectors, graph, turns") { db in
            for statement in memories + text + graph + turns { try db.execute(sql: statement) }
        }
        migrator.registerMigration("2 entities by name in any case, accesses by actor") { db in
            try db.execute(sql: "CREATE INDEX entity_by_any_case ON entity (scope_id, name COLLATE NOCASE)")
            try db.execute(sql: "CREATE INDEX access_by_actor ON access (actor, at_ms)")
            try db.execute(sql: "CREATE INDEX access_by_query ON access (query, memory)")
        }
        migrator.registerMigration("3 files of configurations, reloads, servers, frozen events") { db in
            for statement in serving { try db.execute(sql: statement) }
        }
        migrator.registerMigration("4 counters of the user's events") { db in
            for statement in counters { try db.execute(sql: statement) }
        }
        migrator.registerMigration("5 what each scorer said, confidence, trust in scorers") { db in
            for statement in trust { try db.execute(sql: statement) }
        }
        return migrator
    }

    private static let memories = [
        """
        CREATE TABLE scope (
            scope_id INTEGER PRIMARY KEY, user TEXT NOT NULL, agent TEXT NOT NULL,
            documents INTEGER NOT NULL DEFAULT 0, tokens INTEGER NOT NULL DEFAULT 0,
            UNIQUE (user, agent))
        """,
        "CREATE TABLE author (author_id INTEGER PRIMARY KEY, scope_id INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (scope_id, name))",
        """
        CREATE TABLE session (
            session_id INTEGER PRIMARY KEY, scope_id INTEGER NOT NULL, key TEXT NOT NULL,
            turns INTEGER NOT NULL DEFAULT 0, first_ms INTEGER, last_ms INTEGER, UNIQUE (scope_id, key))
        """,
        """
        CREATE TABLE memory (
            rowid INTEGER PRIMARY KEY,
            scope_id INTEGER NOT NULL REFERENCES scope, id TEXT NOT NULL, content_hash BLOB NOT NULL,
            author TEXT, text TEXT NOT NULL, caption TEXT,
            author_id INTEGER REFERENCES author, type TEXT NOT NULL, importance REAL,
            is_pinned INTEGER NOT NULL DEFAULT 0, is_constraint INTEGER NOT NULL DEFAULT 0,
            created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, last_access_ms INTEGER,
            access_count INTEGER NOT NULL DEFAULT 0,
            valid_from_ms INTEGER, valid_until_ms INTEGER,
            session_id INTEGER REFERENCES session, ordinal INTEGER,
            superseded_by TEXT,
            token_count INTEGER NOT NULL, asks_question INTEGER NOT NULL, names_time INTEGER NOT NULL,
            first_person_share REAL NOT NULL,
            entity TEXT, aspect TEXT,
            source TEXT NOT NULL, metadata TEXT, forgotten_ms INTEGER)
        """,
        "CREATE UNIQUE INDEX memory_by_id ON memory (scope_id, id)",
        "CREATE UNIQUE INDEX memory_by_content ON memory (scope_id, content_hash)",
        // Covering: the context of a session is read from the index alone.
        "CREATE INDEX memory_by_session ON memory (session_id, ordinal, author_id, asks_question) WHERE session_id IS NOT NULL AND forgotten_ms IS NULL",
        "CREATE INDEX memory_by_time ON memory (scope_id, created_ms) WHERE forgotten_ms IS NULL",
        "CREATE INDEX memory_pinned ON memory (scope_id) WHERE is_pinned AND forgotten_ms IS NULL",
        "CREATE TABLE model (model_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, dimensions INTEGER NOT NULL)",
        """
        CREATE TABLE embedding (
            model_id INTEGER NOT NULL REFERENCES model, memory INTEGER NOT NULL REFERENCES memory (rowid) ON DELETE CASCADE,
            is_half INTEGER NOT NULL, norm REAL NOT NULL, vector BLOB NOT NULL,
            PRIMARY KEY (model_id, memory)) WITHOUT ROWID
        """,
    ]

    /// Two indexes over the same rows: stems to find words, surface words for prefixes (the stem of "education"
    /// is "educ": a prefix query on stems finds nothing). Forgotten memories leave both, and the counts.
    ///
    /// A statement whose trigger writes to FTS5 flushes the index once per row, so a batch holds the insert trigger back
    /// (a row in `batch_under_way`, never committed) and indexes all its rows with one statement.
    private static let text = [
        "CREATE TABLE batch_under_way (started INTEGER NOT NULL)",
        "CREATE VIRTUAL TABLE memory_text USING fts5(author, text, caption, content='memory', tokenize='porter unicode61')",
        "CREATE VIRTUAL TABLE memory_surface USING fts5(text, caption, content='memory', tokenize='unicode61', prefix='5')",
        """
        CREATE TRIGGER memory_inserted AFTER INSERT ON memory
        WHEN new.forgotten_ms IS NULL AND NOT EXISTS (SELECT 1 FROM batch_under_way) BEGIN
            INSERT INTO memory_text (rowid, author, text, caption) VALUES (new.rowid, new.author, new.text, new.caption);
            INSERT INTO memory_surface (rowid, text, caption) VALUES (new.rowid, new.text, new.caption);
            UPDATE scope SET documents = documents + 1, tokens = tokens + new.token_count WHERE scope_id = new.scope_id;
        END
        """,
        """
        CREATE TRIGGER memory_removed BEFORE DELETE ON memory WHEN old.forgotten_ms IS NULL BEGIN
            INSERT INTO memory_text (memory_text, rowid, author, text, caption) VALUES ('delete', old.rowid, old.author, old.text, old.caption);
            INSERT INTO memory_surface (memory_surface, rowid, text, caption) VALUES ('delete', old.rowid, old.text, old.caption);
            UPDATE scope SET documents = documents - 1, tokens = tokens - old.token_count WHERE scope_id = old.scope_id;
        END
        """,
        """
        CREATE TRIGGER memory_changed_out BEFORE UPDATE OF author, text, caption, forgotten_ms, token_count ON memory WHEN old.forgotten_ms IS NULL BEGIN
            INSERT INTO memory_text (memory_text, rowid, author, text, caption) VALUES ('delete', old.rowid, old.author, old.text, old.caption);
            INSERT INTO memory_surface (memory_surface, rowid, text, caption) VALUES ('delete', old.rowid, old.text, old.caption);
            UPDATE scope SET documents = documents - 1, tokens = tokens - old.token_count WHERE scope_id = old.scope_id;
        END
        """,
        """
        CREATE TRIGGER memory_changed_in AFTER UPDATE OF author, text, caption, forgotten_ms, token_count ON memory WHEN new.forgotten_ms IS NULL BEGIN
            INSERT INTO memory_text (rowid, author, text, caption) VALUES (new.rowid, new.author, new.text, new.caption);
            INSERT INTO memory_surface (rowid, text, caption) VALUES (new.rowid, new.text, new.caption);
            UPDATE scope SET documents = documents + 1, tokens = tokens + new.token_count WHERE scope_id = new.scope_id;
        END
        """,
    ]

    private static let graph = [
        """
        CREATE TABLE entity (
            entity_id INTEGER PRIMARY KEY, scope_id INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
            mentions INTEGER NOT NULL DEFAULT 0, is_pinned INTEGER NOT NULL DEFAULT 0, UNIQUE (scope_id, name))
        """,
        """
        CREATE TABLE aspect (
            aspect_id INTEGER PRIMARY KEY, entity_id INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
            name TEXT NOT NULL, weight REAL NOT NULL DEFAULT 0.5, UNIQUE (entity_id, name))
        """,
        """
        CREATE TABLE attribute (
            attribute_id INTEGER PRIMARY KEY, aspect_id INTEGER NOT NULL REFERENCES aspect ON DELETE CASCADE,
            memory INTEGER REFERENCES memory (rowid) ON DELETE SET NULL, kind TEXT NOT NULL DEFAULT 'attribute',
            content TEXT NOT NULL, confidence REAL NOT NULL DEFAULT 0, importance REAL NOT NULL DEFAULT 0.5,
            status TEXT NOT NULL DEFAULT 'active')
        """,
        "CREATE INDEX attribute_by_memory ON attribute (memory)",
        """
        CREATE TABLE dependency (
            source_id INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE, target_id INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
            kind TEXT NOT NULL, strength REAL NOT NULL DEFAULT 0.5, confidence REAL NOT NULL DEFAULT 0.7,
            PRIMARY KEY (source_id, target_id, kind)) WITHOUT ROWID
        """,
        """
        CREATE TABLE mention (
            memory INTEGER NOT NULL REFERENCES memory (rowid) ON DELETE CASCADE, entity_id INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
            aspect TEXT, PRIMARY KEY (memory, entity_id)) WITHOUT ROWID
        """,
        "CREATE INDEX mention_by_entity ON mention (entity_id, memory)",
        """
        CREATE TABLE event (
            event_id INTEGER PRIMARY KEY, scope_id INTEGER NOT NULL, key TEXT NOT NULL, at_ms INTEGER NOT NULL,
            utc_offset_minutes INTEGER NOT NULL, actor TEXT, kind TEXT NOT NULL, query TEXT, UNIQUE (scope_id, key))
        """,
        "CREATE TABLE event_entity (event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE, entity_id INTEGER NOT NULL, aspect TEXT, PRIMARY KEY (event_id, entity_id)) WITHOUT ROWID",
        "CREATE TABLE event_memory (event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE, memory TEXT NOT NULL, PRIMARY KEY (event_id, memory)) WITHOUT ROWID",
    ]

    private static let turns = [
        """
        CREATE TABLE turn (
            turn_id INTEGER PRIMARY KEY, retrieval_id TEXT NOT NULL UNIQUE, scope_id INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            query TEXT NOT NULL, session TEXT, turn_key TEXT, actor TEXT, wanted INTEGER NOT NULL, pool INTEGER NOT NULL,
            scorers TEXT NOT NULL, degraded TEXT NOT NULL, part_names TEXT NOT NULL, arm TEXT NOT NULL,
            configuration TEXT NOT NULL, temperature REAL, seed INTEGER)
        """,
        """
        CREATE TABLE turn_candidate (
            turn_id INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE, rank INTEGER NOT NULL, memory INTEGER NOT NULL,
            position INTEGER, tier INTEGER, score REAL NOT NULL, propensity REAL NOT NULL, is_deterministic INTEGER NOT NULL,
            is_pinned INTEGER NOT NULL, drop_reason TEXT, sources TEXT NOT NULL, parts BLOB,
            PRIMARY KEY (turn_id, rank)) WITHOUT ROWID
        """,
        """
        CREATE TABLE feedback (
            turn_id INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE, memory INTEGER NOT NULL, kind TEXT NOT NULL,
            value REAL NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (turn_id, memory, kind)) WITHOUT ROWID
        """,
        "CREATE TABLE access (memory INTEGER NOT NULL REFERENCES memory (rowid) ON DELETE CASCADE, at_ms INTEGER NOT NULL, actor TEXT, query TEXT NOT NULL)",
        "CREATE INDEX access_by_memory ON access (memory, at_ms)",
        """
        CREATE TABLE scorer_state (
            scorer TEXT NOT NULL, session TEXT NOT NULL, form TEXT NOT NULL, state_version INTEGER NOT NULL, state_id INTEGER NOT NULL,
            last_event INTEGER NOT NULL, bytes BLOB NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (scorer, session, form)) WITHOUT ROWID
        """,
        "CREATE TABLE configuration_history (revision INTEGER PRIMARY KEY, hash TEXT NOT NULL, text TEXT NOT NULL, at_ms INTEGER NOT NULL, note TEXT)",
    ]

    /// What processes that serve leave for each other and for the next start.
    private static let serving = [
        // path → sha256 of each library and asset, as JSON.
        "ALTER TABLE configuration_history ADD COLUMN files TEXT NOT NULL DEFAULT '{}'",
        """
        CREATE TABLE reload (
            reload_id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, pid INTEGER NOT NULL, outcome TEXT NOT NULL,
            cause TEXT NOT NULL, configuration TEXT NOT NULL, summary TEXT NOT NULL, milliseconds REAL NOT NULL)
        """,
        // started: ticks since boot, which tell a process from a later one with its number.
        "CREATE TABLE server (pid INTEGER PRIMARY KEY, started INTEGER NOT NULL, at_ms INTEGER NOT NULL)",
        """
        CREATE TABLE session_event (
            session_key INTEGER NOT NULL, sequence INTEGER NOT NULL, turn_key TEXT, at_ms INTEGER NOT NULL,
            conversation TEXT, conversation_began_ms INTEGER NOT NULL, features BLOB NOT NULL, ids BLOB NOT NULL, roles BLOB NOT NULL,
            embedding BLOB, PRIMARY KEY (session_key, sequence)) WITHOUT ROWID
        """,
        "CREATE INDEX turn_by_scope ON turn (scope_id, turn_id)",
        "CREATE UNIQUE INDEX session_event_by_turn ON session_event (session_key, turn_key) WHERE turn_key IS NOT NULL",
        "DROP TABLE scorer_state",
        """
        CREATE TABLE scorer_state (
            scorer TEXT NOT NULL, session_key INTEGER NOT NULL, last_event INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            envelope BLOB NOT NULL, PRIMARY KEY (scorer, session_key)) WITHOUT ROWID
        """,
    ]

    /// What feedback says of scorers, and what it is read from.
    private static let trust = [
        // Ids of the scorers that a gate weighed, and per candidate one float32 of each: NaN = it said nothing.
        "ALTER TABLE turn ADD COLUMN weighed TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE turn_candidate ADD COLUMN scorer_values BLOB",
        "ALTER TABLE turn ADD COLUMN confidence REAL",
        // A turn counts once, with the first feedback that tells its candidates apart.
        "ALTER TABLE turn ADD COLUMN is_trust_counted INTEGER NOT NULL DEFAULT 0",
        // identity: of library and assets. Another one is another scorer.
        """
        CREATE TABLE scorer_trust (
            scorer TEXT PRIMARY KEY, identity TEXT NOT NULL, advantage REAL NOT NULL, turns INTEGER NOT NULL, at_ms INTEGER NOT NULL)
            WITHOUT ROWID
        """,
    ]

    /// What past events say of entities (`context.v1`): derived from `event`, `session_event` and feedback, in O(1) each.
    private static let counters = [
        // An entity by its name in any case: events name some that no memory mentions yet.
        """
        CREATE TABLE entity_counter (
            counter_id INTEGER PRIMARY KEY, scope_id INTEGER NOT NULL, name TEXT NOT NULL COLLATE NOCASE, counters BLOB,
            UNIQUE (scope_id, name))
        """,
        // How often `next` was in the event after one with `first`.
        "CREATE TABLE entity_transition (first INTEGER NOT NULL, next INTEGER NOT NULL, events INTEGER NOT NULL, PRIMARY KEY (first, next)) WITHOUT ROWID",
        "CREATE TABLE user_rhythm (scope_id INTEGER PRIMARY KEY, rhythm BLOB NOT NULL)",
        """
        CREATE TABLE session_event_entity (
            session_key INTEGER NOT NULL, sequence INTEGER NOT NULL, counter_id INTEGER NOT NULL,
            PRIMARY KEY (session_key, sequence, counter_id)) WITHOUT ROWID
        """,
        // NULL: an event of before, which kept neither zone nor names. Those stay out.
        "ALTER TABLE session_event ADD COLUMN utc_offset_s INTEGER",
        "ALTER TABLE session_event ADD COLUMN is_counted INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE event ADD COLUMN is_counted INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX event_to_count ON event (scope_id, at_ms) WHERE NOT is_counted",
    ]
}
