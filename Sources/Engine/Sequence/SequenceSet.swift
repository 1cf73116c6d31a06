import Foundation

/// Users and their items in order: what models of the next item are trained and judged on.
///
/// Protocol «leave one out»: a user's last item is the target, the items before it are its context and all that may be
/// trained on. Users with fewer than three items aren't asked about.
package struct SequenceSet: Sendable {
    package struct User: Sendable {
        package var id: Int64
        /// Oldest first.
        package var items: [Int64]
        /// Unix seconds of each, or nil where only the order is known.
        package var seconds: [Double]?

        package var target: Int64? { items.count >= 3 ? items.last : nil }
    }

    /// The folder's name.
    package let name: String
    package let users: [User]
    /// Every item that may come next, ascending.
    package let items: [Int64]

    package var hasTimes: Bool { users.contains { $0.seconds != nil } }
    package var events: Int { users.reduce(0) { $0 + $1.items.count } }

    package init(name: String, users: [User], items: [Int64]) {
        self.name = name
        self.users = users
        self.items = items
    }
}

extension SequenceSet {
    /// Lines `user ⇥ item item …`.
    init(sequences file: URL) throws {
        var users: [User] = []
        try TabbedFile.forEachLine(of: file, columns: 2) { line in
            let items = try line.integers(1, separator: UInt8(ascii: " "))
            users.append(User(id: try line.integer(0), items: items))
        }
        try self.init(file, users, catalogue: nil)
    }

    /// Lines `user ⇥ item ⇥ rating ⇥ seconds`, sorted by user and time.
    init(interactions file: URL) throws {
        var users: [User] = []
        try TabbedFile.forEachLine(of: file, columns: 4) { line in
            let (user, item, time) = (try line.integer(0), try line.integer(1), Double(try line.integer(3)))
            if users.last?.id != user { users.append(User(id: user, items: [], seconds: [])) }
            if let last = users[users.count - 1].seconds?.last, time < last {
                throw line.failure("user \(user) goes back in time: the file must be sorted by user and time")
            }
            users[users.count - 1].items.append(item)
            users[users.count - 1].seconds?.append(time)
        }
        var catalogue: [Int64] = []
        let list = file.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("items.tsv.gz")
        if FileManager.default.fileExists(atPath: list.path) {
            try TabbedFile.forEachLine(of: list, columns: nil) { catalogue.append(try $0.integer(0)) }
        }
        try self.init(file, users, catalogue: catalogue.isEmpty ? nil : catalogue)
    }

    /// The catalogue is the set's own list where it has one, else 1 … the largest id: `stats.json` beside the folder knows
    /// ids that only held-out events have.
    private init(_ file: URL, _ users: [User], catalogue: [Int64]?) throws {
        let folder = file.deletingLastPathComponent().deletingLastPathComponent()
        let seen = users.reduce(into: Set<Int64>()) { $0.formUnion($1.items) }
        guard let least = seen.min(), let largest = seen.max(), least >= 1, largest <= 1 << 24 else {
            throw EngineError(
                .invalidInput, "\(file.path): items are numbers from 1 to \(1 << 24), and there is at least one")
        }
        let items: [Int64]
        if let catalogue {
            items = Set(catalogue).union(seen).sorted()
        } else {
            let named = Self.largestItem(folder).map { $0 <= 1 << 24 ? $0 : 0 } ?? 0
            items = Array(1...max(largest, named))
        }
        self.init(name: folder.lastPathComponent, users: users, items: items)
    }

    private static func largestItem(_ folder: URL) -> Int64? {
        struct Statistics: Decodable { var max_item: Int64? }
        let file = folder.deletingLastPathComponent().appendingPathComponent("stats.json")
        guard let data = try? Data(contentsOf: file),
            let table = try? JSONDecoder().decode([String: Statistics].self, from: data)
        else { return nil }
        return table[folder.lastPathComponent]?.max_item
    }
}
