import Foundation

@testable import Storage

/// A database in a folder of its own, removed at the end of the test.
final class TemporaryStore: @unchecked Sendable {
    // @unchecked: written once, in init.
    let folder: String
    let store: Store
    var path: String { folder + "/mneme.db" }

    init() throws {
        folder = NSTemporaryDirectory() + "mneme-storage-" + UUID().uuidString
        store = try Store(path: folder + "/mneme.db")
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

extension NewMemory {
    static func sample(
        _ text: String, id: String? = nil, author: String? = nil, session: String? = nil,
        ordinal: Int? = nil, caption: String? = nil, at milliseconds: Int64 = 1_700_000_000_000
    ) -> NewMemory {
        var memory = NewMemory(text: text, createdAtMilliseconds: milliseconds)
        memory.id = id
        memory.author = author
        memory.session = session
        memory.ordinal = ordinal
        memory.caption = caption
        return memory
    }
}

extension StoredTextTraits {
    /// Good enough for tests: runs of letters and digits.
    init(of memory: NewMemory) {
        let words = (memory.text + " " + (memory.caption ?? "")).split { !$0.isLetter && !$0.isNumber }
        self.init(
            tokenCount: words.count, asksQuestion: memory.text.contains("?"), namesTime: false,
            firstPersonShare: 0)
    }
}

extension Store {
    @discardableResult
    func add(_ memories: [NewMemory], scope: Scope = Scope()) throws -> InsertReport {
        try insert(memories.map { ($0, StoredTextTraits(of: $0)) }, scope: scope)
    }

    @discardableResult
    func add(_ texts: String..., scope: Scope = Scope()) throws -> InsertReport {
        try add(texts.map { .sample($0) }, scope: scope)
    }

    func matches(_ terms: [String], scope: Scope = Scope()) throws -> TextMatches {
        try matches(
            scope: scope, terms: terms, prefixes: terms.map { $0.count >= 5 ? String($0.prefix(5)) : nil })
    }
}
