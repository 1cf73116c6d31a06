import Foundation

/// Who chose what and when, in order of time: a walk forward predicts each choice from those before it.
struct InteractionStream {
    struct Event: Equatable {
        /// As in the file.
        var user: Int64
        /// Index into `items`.
        var item: Int
        var seconds: Double
    }

    let name: String
    var events: [Event] = []
    /// Ids of all that can be chosen, ascending.
    let items: [Int64]
    /// Choosers are among the chosen: messages between people. Then being chosen says something too.
    let isMutual: Bool

    /// Where the asking begins: the file is the first 90 % of a stream, its 80th to 90th per cent are asked.
    var firstAsked: Int { (events.count * 8 + 8) / 9 }

    /// Lines `user ⇥ item ⇥ seconds`, ordered by time (seqrec/README.md).
    ///
    /// - Throws: `EngineError` with the line.
    init(file: String) throws {
        let url = URL(fileURLWithPath: file)
        name = url.deletingLastPathComponent().deletingLastPathComponent().lastPathComponent
        var rows: [(user: Int64, item: Int64, seconds: Int64)] = []
        try TabbedFile.forEachLine(of: url, columns: 3) { line in
            let row = (user: try line.integer(0), item: try line.integer(1), seconds: try line.integer(2))
            if let last = rows.last, row.seconds < last.seconds {
                throw line.failure("it goes back in time: the file must be ordered by time")
            }
            rows.append(row)
        }
        let users = Set(rows.map(\.user))
        let chosen = Set(rows.map(\.item))
        isMutual = !users.isDisjoint(with: chosen)
        // Among people everyone can be written to, also those who only wrote; pages are known from their edits.
        items = (isMutual ? chosen.union(users) : chosen).sorted()
        let index = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, $0) })
        events = rows.map { Event(user: $0.user, item: index[$0.item] ?? 0, seconds: Double($0.seconds)) }
        guard events.count >= 9 else { throw EngineError(.invalidInput, "\(file) holds \(events.count) events; at least 9 are needed") }
    }

    /// The chooser as one who can be chosen.
    func item(of user: Int64) -> Int? {
        var (low, high) = (0, items.count)
        while low < high {
            let middle = (low + high) / 2
            if items[middle] < user { low = middle + 1 } else { high = middle }
        }
        return low < items.count && items[low] == user ? low : nil
    }
}
