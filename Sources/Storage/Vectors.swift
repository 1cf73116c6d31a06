import GRDB
import Kernels

/// A memory and the cosine of its vector with the query's, −1 to 1.
package struct VectorMatch: Sendable, Equatable {
    package let rowid: Int64
    package let cosine: Float
}

extension Store {
    /// The `limit` memories of a scope whose vectors of `model` point closest to `query`: exact, every
    /// vector is looked at. Best first; ties: newer first. Empty where the scope has no vector of `model`.
    ///
    /// - Throws: `dimensionMismatch` with both lengths; `invalidValue` for a query with NaN, infinity
    ///   or only zeros.
    package func nearest(
        scope: Scope, model: String, query: [Float], limit: Int
    ) throws(StorageError) -> [VectorMatch] {
        try Validation.check(StoredEmbedding(model: model, vector: query))
        return try read("Searching the vectors") { database in
            guard let scopeID = try ScopeTable.find(scope, database),
                let set = try VectorSetTable.find(model: model, scopeID: scopeID, database)
            else { return [] }
            try VectorSetTable.check(query, against: set.dimension, model: model)
            let search = NearestSearch(query: query, scopeID: scopeID, limit: limit)
            let statement = try RawStatement(
                database,
                "SELECT count(mneme_offer(?, embedding_rowid, is_half, norm, vector)) FROM embedding "
                    + "WHERE embedding_rowid BETWEEN ? AND ? AND is_live")
            let range = RowID.range(owner: set.id)
            statement.bind(search, as: NearestFunction.pointerType, at: 1)
            statement.bind(range.lowerBound, at: 2)
            statement.bind(range.upperBound, at: 3)
            try withExtendedLifetime(search) { try statement.run() }
            return search.matches
        }
    }

    /// The cosine of `query` with each memory's vector of `model`; nil where it has none.
    package func cosines(
        scope: Scope, model: String, query: [Float], rowids: [Int64]
    ) throws(StorageError) -> [Float?] {
        try Validation.check(StoredEmbedding(model: model, vector: query))
        return try read("Comparing vectors") { database in
            guard let scopeID = try ScopeTable.find(scope, database),
                let set = try VectorSetTable.find(model: model, scopeID: scopeID, database)
            else { return rowids.map { _ in nil } }
            try VectorSetTable.check(query, against: set.dimension, model: model)
            let scorer = CosineScorer(query: query)
            let statement = try RawStatement(
                database, "SELECT is_half, norm, vector FROM embedding WHERE embedding_rowid = ?")
            return try rowids.map { rowid in
                guard RowID.owner(of: rowid) == scopeID else { return nil }
                defer { statement.reset() }
                statement.bind(
                    RowID.make(owner: set.id, sequence: RowID.sequence(of: rowid)), at: 1)
                guard try statement.step() else { return nil }
                return scorer.cosine(
                    statement.bytes(2), isHalf: statement.bool(0), norm: statement.double(1))
            }
        }
    }

    /// Gives memories that stand there already their vectors (an embedder that ran later); a vector
    /// of the same model is replaced. All or nothing.
    ///
    /// - Throws: `notFound` naming the id, `dimensionMismatch`, `invalidValue`.
    package func addEmbeddings(
        _ embeddings: [(id: String, embedding: StoredEmbedding)], scope: Scope
    ) throws(StorageError) {
        for (id, embedding) in embeddings {
            do { try Validation.check(embedding) } catch {
                throw StorageError(error.code, "Memory \(id): \(error.message).")
            }
        }
        try write("Writing \(embeddings.count) vectors") { database in
            let scopeID = try ScopeTable.findOrCreate(scope, database)
            var writer = VectorWriter(scopeID: scopeID, database: database)
            for (id, embedding) in embeddings {
                guard let rowid = try MemoryTable.rowid(of: id, scopeID: scopeID, database) else {
                    throw StorageError(.notFound, "There is no memory \(id) in this scope.")
                }
                try writer.check(embedding)
                let isLive = try !MemoryTable.isForgotten(rowid, database)
                try writer.write(embedding, sequence: RowID.sequence(of: rowid), isLive: isLive)
            }
        }
    }

    /// The models that have vectors in a scope, with their dimension and how many memories have one.
    package func embeddingModels(
        scope: Scope
    ) throws(StorageError) -> [(model: String, dimension: Int, count: Int)] {
        try read("Listing the embedding models") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return [] }
            let statement = try RawStatement(
                database,
                """
                SELECT model, dimension, (SELECT count(*) FROM embedding WHERE embedding_rowid
                    BETWEEN vector_set_id << 40 AND (vector_set_id << 40) + 1099511627775 AND is_live)
                FROM vector_set WHERE scope_id = ? ORDER BY model
                """)
            defer { statement.reset() }
            statement.bind(scopeID, at: 1)
            var models: [(model: String, dimension: Int, count: Int)] = []
            while try statement.step() {
                models.append((statement.text(0), statement.int(1), statement.int(2)))
            }
            return models
        }
    }
}

extension VectorSetTable {
    static func check(_ query: [Float], against dimension: Int, model: String) throws {
        guard query.count == dimension else {
            throw StorageError(
                .dimensionMismatch,
                "The query's vector has \(query.count) components, those of \(model) in the store have "
                    + "\(dimension); embed the query with the same model.")
        }
    }
}

/// Cosine with one query, whose norm is taken once.
struct CosineScorer {
    private let query: [Float]
    private let inverseNorm: Double

    init(query: [Float]) {
        self.query = query
        inverseNorm = 1 / mneme_dot_f32_reference(query, query, query.count).squareRoot()
    }

    /// `stored` holds as many components as the query: a set has one dimension, and an unequal blob
    /// (a damaged file) is cut to what is there.
    func cosine(_ stored: UnsafeRawBufferPointer, isHalf: Bool, norm: Double) -> Float {
        let count = min(query.count, stored.count / (isHalf ? 2 : 4))
        guard let start = stored.baseAddress, norm > 0 else { return 0 }
        // x86 and ARM read unaligned numbers; the kernels ask for no more than that.
        let dot =
            isHalf
            ? mneme_dot_f16(query, start.assumingMemoryBound(to: UInt16.self), count)
            : mneme_dot_f32(query, start.assumingMemoryBound(to: Float.self), count)
        return Float(min(1, max(-1, Double(dot) * inverseNorm / norm)))
    }
}

/// The best `limit` matches seen so far: a binary heap with the worst of them on top.
struct NearestHeap {
    private let limit: Int
    private var heap: [VectorMatch] = []

    init(limit: Int) {
        self.limit = max(0, limit)
        heap.reserveCapacity(min(self.limit, 4096))
    }

    private static func isBetter(_ a: VectorMatch, _ b: VectorMatch) -> Bool {
        a.cosine != b.cosine ? a.cosine > b.cosine : a.rowid > b.rowid
    }

    mutating func offer(_ match: VectorMatch) {
        if heap.count < limit {
            heap.append(match)
            var child = heap.count - 1
            while child > 0, Self.isBetter(heap[(child - 1) / 2], heap[child]) {
                heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        } else if let worst = heap.first, Self.isBetter(match, worst) {
            heap[0] = match
            var parent = 0
            while true {
                var worst = parent
                for child in [2 * parent + 1, 2 * parent + 2]
                where child < heap.count && Self.isBetter(heap[worst], heap[child]) {
                    worst = child
                }
                if worst == parent { break }
                heap.swapAt(parent, worst)
                parent = worst
            }
        }
    }

    func sorted() -> [VectorMatch] { heap.sorted(by: Self.isBetter) }
}
