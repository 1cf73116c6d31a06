import Foundation
import Testing

@testable import Storage

@Suite struct GraphTests {
    private let me = Scope()

    private func store() throws -> Store {
        try Store(
            path: FileManager.default.temporaryDirectory.appendingPathComponent(
                "mneme-\(UUID().uuidString)/store.db"
            ).path)
    }

    /// a mentions Lake, b mentions Boat, c nobody; Lake uses Boat strongly and Storm weakly.
    private func filled() throws -> Store {
        let store = try store()
        let traits = StoredTextTraits(
            tokenCount: 1, asksQuestion: false, namesTime: false, firstPersonShare: 0)
        let memories = [("a", "Lake"), ("b", "Boat"), ("c", nil), ("d", "Storm")].enumerated().map {
            index, item in
            var memory = NewMemory(text: "text \(item.0)", createdAtMilliseconds: Int64(index))
            memory.id = item.0
            if let name = item.1 { memory.entities = [EntityMention(name: name, kind: "thing")] }
            return (memory, traits)
        }
        _ = try store.insert(memories, scope: me)
        func thing(_ name: String, aspect: String? = nil) -> EntityMention {
            EntityMention(name: name, kind: "thing", aspect: aspect)
        }
        let attribute = NewAttribute(
            subject: thing("Lake", aspect: "depth"), aspectWeight: 0.5, kind: "attribute", content: "deep",
            confidence: 1, importance: 0.5,
            status: "active", memory: "c")
        _ = try store.insert(
            attributes: [attribute],
            dependencies: [
                NewDependency(source: thing("Lake"), target: thing("Boat"), kind: "uses", strength: 0.9),
                NewDependency(source: thing("Lake"), target: thing("Storm"), kind: "informs", strength: 0.1),
            ], scope: me)
        return store
    }

    private func ids(_ store: Store, _ hits: [GraphHit]) throws -> [String] {
        try store.candidates(hits.map(\.rowid)).map(\.id)
    }

    @Test func theWalkGoesOverOneStrongDependency() throws {
        let store = try filled()
        let hits = try store.walk(from: ["lake", "nobody"], limit: 10, scope: me)
        #expect(try ids(store, hits) == ["c", "a", "b"])
        #expect(hits.map(\.hops) == [0, 0, 1])
    }

    @Test func theWalkStaysInItsScopeAndUnderItsLimit() throws {
        let store = try filled()
        #expect(try store.walk(from: ["lake"], limit: 10, scope: Scope(user: "other")).isEmpty)
        #expect(try store.walk(from: ["lake"], limit: 1, scope: me).count == 1)
    }

    @Test func densityCountsAspectsAndAttributes() throws {
        let store = try filled()
        #expect(try store.structuralDensity(of: ["Lake", "Boat"], scope: me) == ["Lake": 2])
    }

    @Test func repeatingAnImportOfTheGraphChangesNothing() throws {
        let store = try filled()
        let edge = NewDependency(
            source: EntityMention(name: "Lake", kind: "thing"),
            target: EntityMention(name: "Boat", kind: "thing"), kind: "uses", strength: 0.2)
        #expect(try store.insert(attributes: [], dependencies: [edge], scope: me) == 0)
    }

    @Test func aConfigurationIsKeptOncePerChange() throws {
        let store = try store()
        #expect(try store.recordConfiguration("{}", hash: "1", note: nil, atMilliseconds: 1) == 1)
        #expect(try store.recordConfiguration("{}", hash: "1", note: nil, atMilliseconds: 2) == 1)
        #expect(try store.recordConfiguration("{ }", hash: "2", note: "a", atMilliseconds: 3) == 2)
        #expect(try store.recordConfiguration("{}", hash: "1", note: nil, atMilliseconds: 4) == 3)
        #expect(try store.configurationHistory(limit: 2).map(\.hash) == ["1", "2"])
    }
}
