import Foundation
import Storage
import Testing

@testable import Engine

@Suite(.enabled(if: Python.isHere, "the databases of these tests are made by Python"))
struct `Reading a Signet database` {
    let folder: TemporaryFolder
    var path: String { folder.path + "/memories.db" }

    init() throws { folder = try TemporaryFolder() }

    func make(_ script: String) throws {
        try folder.write(
            "make.py",
            "import sqlite3, struct\nd = sqlite3.connect('\(path)')\ns = d.executescript\n\(script)\nd.commit()\n"
        )
        let result = try ChildProcess.output(of: ["python3", folder.path + "/make.py"])
        #expect(result.status == 0, "\(result.complaint)")
    }

    func items() throws -> [ImportItem] { try all(SignetReader(path: path, nowMilliseconds: 42)) }

    static let schema = """
        s('''
        CREATE TABLE memories (id TEXT PRIMARY KEY, type TEXT DEFAULT 'fact', category TEXT, content TEXT NOT NULL,
          importance REAL DEFAULT 0.5, source_id TEXT, source_type TEXT, project TEXT, who TEXT, created_at TEXT NOT NULL,
          pinned INTEGER DEFAULT 0, content_hash TEXT, is_deleted INTEGER DEFAULT 0, embedding_model TEXT,
          access_count INTEGER DEFAULT 0);
        CREATE TABLE embeddings (id TEXT PRIMARY KEY, content_hash TEXT UNIQUE, vector BLOB, dimensions INT,
          source_type TEXT, source_id TEXT);
        CREATE TABLE entities (id TEXT PRIMARY KEY, name TEXT UNIQUE, entity_type TEXT);
        CREATE TABLE memory_entity_mentions (memory_id TEXT, entity_id TEXT, PRIMARY KEY (memory_id, entity_id)) WITHOUT ROWID;
        CREATE TABLE entity_aspects (id TEXT PRIMARY KEY, entity_id TEXT, name TEXT, weight REAL);
        CREATE TABLE entity_attributes (id TEXT PRIMARY KEY, aspect_id TEXT, memory_id TEXT, kind TEXT, content TEXT,
          confidence REAL, importance REAL, status TEXT, superseded_by TEXT, agent_id TEXT, created_at TEXT);
        CREATE TABLE entity_dependencies (id TEXT PRIMARY KEY, source_entity_id TEXT, target_entity_id TEXT, agent_id TEXT,
          aspect_id TEXT, dependency_type TEXT, strength REAL);
        ''')

        """

    @Test func memoriesComeWithVectorsEntitiesAndBothStylesOfTime() throws {
        try make(
            Self.schema + """
                m = "INSERT INTO memories (id, type, content, importance, source_id, source_type, created_at, pinned, content_hash, is_deleted, who) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
                d.execute(m, ('a','rule','Never push on Friday',0.9,'s1','session_end','2025-03-01T10:00:00.000Z',1,'h1',0,'Ann'))
                d.execute(m, ('b',None,'The port is 3850',None,'s1','session_end','2025-03-01 11:00:00',None,'h2',None,None))
                d.execute(m, ('c','fact','gone',0.5,None,None,'2025-03-01 11:00:00',0,'h3',1,None))
                d.execute(m, ('e','fact','Never push on Friday',0.5,None,None,'never',0,'h1',0,None))
                d.execute("INSERT INTO embeddings VALUES ('v1','h1',?,2,'memory','a')", (struct.pack('<2f',1,0.5),))
                d.execute("INSERT INTO embeddings VALUES ('v2','h2',?,3,'memory','b')", (struct.pack('<2f',1,0.5),))
                s('''
                INSERT INTO entities VALUES ('e1','deploy','skill'),('e2','daemon',NULL);
                INSERT INTO memory_entity_mentions VALUES ('a','e1'),('b','e2');
                INSERT INTO entity_aspects VALUES ('p1','e1','schedule',0.8);
                INSERT INTO entity_attributes VALUES ('t1','p1','a','constraint','no Friday',0.9,0.8,'active',NULL,'default','2025-03-01 10:00:00');
                INSERT INTO entity_attributes VALUES ('t2','p1','b','attribute','old',0.9,0.8,'superseded','t1','other',NULL);
                INSERT INTO entity_attributes VALUES ('t3',NULL,'b','attribute','lost',0.9,0.8,'active',NULL,'default',NULL);
                INSERT INTO entity_dependencies VALUES ('d1','e1','e2','default','p1','requires',0.7),('d2','e1','e2','default',NULL,'requires',0.5);
                ''')
                """)
        let items = try items()
        let memories = items.memories
        #expect(memories.map(\.id) == ["a", "b", "e"])
        #expect(memories.map(\.createdAtMilliseconds) == [1_740_823_200_000, 1_740_826_800_000, 42])
        #expect(memories.map(\.type) == ["rule", "fact", "fact"])
        #expect(memories.map(\.isPinned) == [true, false, false])
        #expect(memories.map(\.isConstraint) == [true, false, false])
        #expect(memories.map(\.supersedes) == ["b", nil, nil])
        #expect(memories.map(\.session) == ["s1", "s1", nil] && memories.map(\.ordinal) == [0, 1, nil])
        #expect(memories.map { $0.embeddings.first?.vector } == [[1, 0.5], nil, [1, 0.5]])
        #expect(memories[0].entities == [EntityMention(name: "deploy", kind: "skill", aspect: "schedule")])
        #expect(memories[1].entities.contains(EntityMention(name: "daemon", kind: "unknown")))
        #expect(items.problems.count == 2)  // b's vector, e's time

        let attributes = items.compactMap {
            if case .attribute(let attribute, let scope) = $0 { (attribute, scope) } else { nil }
        }
        #expect(attributes.map(\.0.content) == ["no Friday", "old"])
        #expect(attributes.map(\.1) == [nil, ScopeHint(agent: "other")])
        #expect(attributes.first?.0.aspectWeight == 0.8)
        let edges = items.compactMap { if case .dependency(let edge, _) = $0 { edge } else { nil } }
        #expect(edges.map(\.strength) == [0.7])
        #expect(edges.first?.source == EntityMention(name: "deploy", kind: "skill", aspect: "schedule"))
    }

    @Test func aDatabaseOfTheFirstVersionWithNothingButMemoriesIsRead() throws {
        try make(
            "s('CREATE TABLE memories (id TEXT PRIMARY KEY, content TEXT)')\nd.execute(\"INSERT INTO memories VALUES ('a','x'), (NULL,'y'), ('b', NULL)\")"
        )
        let items = try items()
        #expect(items.memories.map(\.id) == ["a"])
    }

    @Test func thousandsOfMemoriesComeInTheirOrder() throws {
        try make(
            Self.schema
                + "d.executemany(\"INSERT INTO memories (id, content, created_at) VALUES (?, ?, '2025-03-01')\", [(f'm{i}', f'text {i}') for i in range(2345)])"
        )
        let memories = try items().memories
        #expect(memories.map(\.id) == (0..<2345).map { "m\($0)" })
    }

    @Test func valuesOfTheWrongTypeHarmNobody() throws {
        try make(
            Self.schema
                + "d.execute(\"INSERT INTO memories (id, content, importance, pinned, created_at, who) VALUES ('a', 'x', 'high', 'yes', 5, x'00')\")"
        )
        let memory = try #require(try items().memories.first)
        #expect(memory.importance == nil && !memory.isPinned && memory.author == nil)
        #expect(memory.createdAtMilliseconds == 5000)
    }

    @Test func anotherDatabaseAnotherFileAndNoFileAreRefused() throws {
        let missing = #expect(throws: ImportError.self) { try items() }
        #expect(missing?.message.contains("doesn't exist") == true)
        try make("s('CREATE TABLE notes (x)')")
        let other = #expect(throws: ImportError.self) { try items() }
        #expect(other?.message.contains("memories.id") == true)
        try Data("not a database, whatever its name may say".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: ImportError.self) { try items() }
    }
}
