import GRDB
import Kernels

/// Writes vectors of one scope inside one transaction. Used by one thread.
struct VectorWriter {
    private struct Set {
        let id: Int64
        let dimension: Int
    }

    private let scopeID: Int64
    private let database: Database
    private var sets: [String: Set] = [:]

    init(scopeID: Int64, database: Database) {
        self.scopeID = scopeID
        self.database = database
    }

    /// Refuses a vector whose length is not its model's; a model's first vector decides.
    mutating func check(_ embedding: StoredEmbedding) throws {
        guard let set = try find(embedding.model) else { return }
        guard set.dimension == embedding.vector.count else {
            throw StorageError(
                .dimensionMismatch,
                "the vector of \(embedding.model) has \(embedding.vector.count) components, those in the "
                    + "store have \(set.dimension); give the model another name if it is another model")
        }
    }

    /// Writes, or replaces, one memory's vector. `check` it first.
    mutating func write(_ embedding: StoredEmbedding, sequence: Int64, isLive: Bool = true) throws {
        let set = try find(embedding.model) ?? create(embedding.model, dimension: embedding.vector.count)
        let row = try RawStatement(
            database,
            "INSERT OR REPLACE INTO embedding (embedding_rowid, is_live, is_half, norm, vector) "
                + "VALUES (?, ?, ?, ?, ?)")
        row.bind(RowID.make(owner: set.id, sequence: sequence), at: 1)
        row.bind(isLive, at: 2)
        row.bind(embedding.isHalfPrecision, at: 3)
        if embedding.isHalfPrecision {
            let count = embedding.vector.count
            var half = [UInt16](repeating: 0, count: count)
            var rounded = [Float](repeating: 0, count: count)
            mneme_f32_to_f16(embedding.vector, &half, count)
            // The norm is that of what is stored: the cosine of a vector with itself stays 1.
            mneme_f16_to_f32(half, &rounded, count)
            row.bind(mneme_dot_f32_reference(rounded, rounded, count).squareRoot(), at: 4)
            half.withUnsafeBytes { row.bind(bytes: $0, at: 5) }
        } else {
            let vector = embedding.vector
            row.bind(mneme_dot_f32_reference(vector, vector, vector.count).squareRoot(), at: 4)
            embedding.vector.withUnsafeBytes { row.bind(bytes: $0, at: 5) }
        }
        try row.run()
    }

    private mutating func find(_ model: String) throws -> Set? {
        if let set = sets[model] { return set }
        guard let found = try VectorSetTable.find(model: model, scopeID: scopeID, database) else {
            return nil
        }
        sets[model] = Set(id: found.id, dimension: found.dimension)
        return sets[model]
    }

    private mutating func create(_ model: String, dimension: Int) throws -> Set {
        let insert = try RawStatement(
            database, "INSERT INTO vector_set (scope_id, model, dimension) VALUES (?, ?, ?)")
        insert.bind(scopeID, at: 1)
        insert.bind(model, at: 2)
        insert.bind(dimension, at: 3)
        try insert.run()
        let set = Set(id: database.lastInsertedRowID, dimension: dimension)
        sets[model] = set
        return set
    }
}

enum VectorSetTable {
    static func find(
        model: String, scopeID: Int64, _ database: Database
    ) throws -> (id: Int64, dimension: Int)? {
        let statement = try RawStatement(
            database, "SELECT vector_set_id, dimension FROM vector_set WHERE scope_id = ? AND model = ?")
        defer { statement.reset() }
        statement.bind(scopeID, at: 1)
        statement.bind(model, at: 2)
        guard try statement.step() else { return nil }
        return (statement.int64(0), statement.int(1))
    }
}
