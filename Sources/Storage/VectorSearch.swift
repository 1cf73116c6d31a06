import GRDB
import GRDBSQLite
import Kernels

/// A stored vector's likeness to the query's.
package struct VectorHit: Sendable {
    package var rowid: Int64
    /// −1…1
    package var cosine: Float
}

extension Store {
    /// Exact cosine over all vectors of a scope and model, best first. Vectors are read in place, not copied.
    package func nearest(to query: [Float], model: String?, limit: Int, scope: Scope) throws -> [VectorHit] {
        try cosines(query, model, scope, among: nil, limit: limit)
    }

    /// Cosines of the given memories; those without a vector are left out.
    package func cosines(of rowids: [Int64], to query: [Float], model: String?, scope: Scope) throws
        -> [VectorHit]
    {
        try cosines(query, model, scope, among: rowids, limit: rowids.count)
    }

    /// The vectors of the given memories under one model (nil = the only one), as float32.
    package func embeddings(_ rowids: [Int64], model: String?) throws -> [Int64: [Float]] {
        try pool.read { db in
            guard let (modelID, dimensions) = try Self.model(db, named: model) else { return [:] }
            let statement = try db.makeStatement(
                sql:
                    "SELECT memory, is_half, vector FROM embedding WHERE model_id = \(modelID) AND memory IN (\(Self.list(rowids)))"
            )
            let rows = try Row.fetchCursor(statement)
            var found: [Int64: [Float]] = [:]
            while let row = try rows.next() {
                let vector = EmbeddingBytes.decode(row[2], half: row[1])
                if vector.count == dimensions { found[row[0]] = vector }
            }
            return found
        }
    }

    private func cosines(_ query: [Float], _ model: String?, _ scope: Scope, among: [Int64]?, limit: Int)
        throws -> [VectorHit]
    {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return [] }
            guard let (modelID, dimensions) = try Self.model(db, named: model) else { return [] }
            if dimensions != query.count {
                throw StoreError(
                    .invalid,
                    "the query's vector has \(query.count) numbers; the store's \(model ?? "vectors") have \(dimensions)"
                )
            }
            let norm = mneme_dot_f32(query, query, query.count).squareRoot()
            guard norm > 0, norm.isFinite else {
                throw StoreError(
                    .invalid, "the query's vector is all zeros or not finite: it has no direction")
            }
            let filter =
                among.map { "AND memory IN (\(Self.list($0)))" }
                ?? "AND memory BETWEEN \(Scope.rowids(scopeID).lowerBound) AND \(Scope.rowids(scopeID).upperBound)"
            let statement = try db.makeStatement(
                sql:
                    "SELECT memory, is_half, norm, vector FROM embedding WHERE model_id = \(modelID) \(filter)"
            )
            let raw = statement.sqliteStatement
            var hits: [VectorHit] = []
            var threshold = -Float.infinity
            while sqlite3_step(raw) == SQLITE_ROW {
                guard let bytes = sqlite3_column_blob(raw, 3) else { continue }
                let isHalf = sqlite3_column_int(raw, 1) != 0
                guard Int(sqlite3_column_bytes(raw, 3)) == dimensions * (isHalf ? 2 : 4) else { continue }
                let dot =
                    isHalf
                    ? mneme_dot_f16(bytes.assumingMemoryBound(to: UInt16.self), query, dimensions)
                    : mneme_dot_f32(bytes.assumingMemoryBound(to: Float.self), query, dimensions)
                let cosine = dot / (norm * Float(sqlite3_column_double(raw, 2)))
                if cosine > threshold || among != nil {
                    hits.append(VectorHit(rowid: sqlite3_column_int64(raw, 0), cosine: cosine))
                    // Keep the list near `limit`: sort and cut when it has doubled.
                    if among == nil, hits.count >= 2 * limit {
                        hits.sort(by: Self.isBetter)
                        hits.removeLast(hits.count - limit)
                        threshold = hits[limit - 1].cosine
                    }
                }
            }
            hits.sort(by: Self.isBetter)
            return Array(hits.prefix(limit))
        }
    }

    private static func isBetter(_ a: VectorHit, _ b: VectorHit) -> Bool {
        a.cosine != b.cosine ? a.cosine > b.cosine : a.rowid > b.rowid
    }

    /// Named, or the only one.
    private static func model(_ db: Database, named name: String?) throws -> (Int64, Int)? {
        if let name {
            return try Row.fetchOne(
                db, sql: "SELECT model_id, dimensions FROM model WHERE name = ?", arguments: [name]
            ).map { ($0[0], $0[1]) }
        }
        let rows = try Row.fetchAll(db, sql: "SELECT model_id, dimensions, name FROM model")
        if rows.count > 1 {
            let names = rows.map { $0[2] as String }.joined(separator: ", ")
            throw StoreError(
                .invalid,
                "the store has vectors of several models (\(names)): say which one the query's vector is of")
        }
        return rows.first.map { ($0[0], $0[1]) }
    }
}
