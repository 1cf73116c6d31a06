import Testing

@testable import Storage

@Suite struct VectorSearchTests {
    private func vector(_ seed: Int, _ count: Int) -> [Float] {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int64(state >> 40) - (1 << 23)) / Float(1 << 23)
        }
    }

    private func memory(_ index: Int, model: String, _ vector: [Float], half: Bool) -> NewMemory {
        var memory = NewMemory.sample("memory \(index)", id: "m\(index)")
        memory.embeddings = [StoredEmbedding(model: model, vector: vector, isHalfPrecision: half)]
        return memory
    }

    @Test(arguments: [true, false], [37, 384])
    func searchEqualsBruteForce(half: Bool, dimension: Int) throws {
        let t = try TemporaryStore()
        let vectors = (0..<300).map { vector($0 + 1, dimension) }
        // Another model and another scope stand between.
        try t.store.add([memory(999, model: "other", vector(9, dimension), half: half)])
        try t.store.add(
            vectors.enumerated().map { memory($0, model: "m", $1, half: half) }, scope: Scope(user: "x"))
        try t.store.add(vectors.enumerated().map { memory($0, model: "m", $1, half: half) })
        let query = vector(4711, dimension)
        func length(_ v: [Float]) -> Double { v.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
        let truth = vectors.enumerated().map { index, v in
            (index, zip(v, query).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } / length(v) / length(query))
        }.sorted { $0.1 > $1.1 }
        let found = try t.store.nearest(scope: Scope(), model: "m", query: query, limit: 20)
        #expect(found.count == 20)
        // float16 keeps 11 bits: each component is off by up to 2^-12 of itself.
        let tolerance = half ? 3e-4 : 2e-6
        for (match, expected) in zip(found, truth) { #expect(abs(Double(match.cosine) - expected.1) < tolerance) }
        if !half { #expect(found.map { Int(RowID.sequence(of: $0.rowid)) - 2 } == truth.prefix(20).map(\.0)) }
        let some = try t.store.cosines(
            scope: Scope(), model: "m", query: query, rowids: [found[3].rowid, RowID.make(owner: 1, sequence: 1)])
        #expect(some == [found[3].cosine, nil])
    }

    @Test func wrongLengthsNaNAndZerosAreRefused() throws {
        let t = try TemporaryStore()
        let report = try t.store.add([
            memory(0, model: "m", [1, 2, 3], half: true), memory(1, model: "m", [1, 2], half: true),
            memory(2, model: "m", [1, .nan, 3], half: true), memory(3, model: "m", [0, 0, 0], half: false),
            memory(4, model: "m", [1e6, 0, 0], half: true), memory(5, model: "m", [1e-9, 0, 0], half: true),
            memory(6, model: "m", [1e-9, 0, 0], half: false),
        ])
        #expect(report.inserted.map(\.index) == [0, 6])
        #expect(report.failed[0].error.code == .dimensionMismatch)
        #expect(report.failed[0].error.message.contains("2 components"))
        #expect(report.failed[0].error.message.contains("have 3"))
        #expect(throws: StorageError.self) {
            try t.store.nearest(scope: Scope(), model: "m", query: [1, 2], limit: 1)
        }
        #expect(throws: StorageError.self) {
            try t.store.nearest(scope: Scope(), model: "m", query: [0, 0, 0], limit: 1)
        }
        #expect(try t.store.nearest(scope: Scope(), model: "absent", query: [1, 2], limit: 1).isEmpty)
        let found = try t.store.nearest(scope: Scope(), model: "m", query: [1, 2, 3], limit: 9)
        #expect(abs(found[0].cosine - 1) < 1e-6)
    }
}
