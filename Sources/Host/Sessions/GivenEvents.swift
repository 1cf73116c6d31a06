/// Events that come with a request: the caller keeps the history, and nothing of it stays here.
package struct GivenEvents: Sendable, Equatable {
    package struct Event: Sendable, Equatable {
        package var atMilliseconds: Int64
        /// By name with version; a column that isn't here is 0.
        package var columns: [String: Float]
        package var ids: [UInt64]
        package var roles: [EventBlock.Role]

        package init(
            atMilliseconds: Int64, columns: [String: Float], ids: [UInt64] = [], roles: [EventBlock.Role] = []
        ) {
            self.atMilliseconds = atMilliseconds
            self.columns = columns
            self.ids = ids
            self.roles = roles
        }
    }

    /// Oldest first.
    package var events: [Event]

    package init(_ events: [Event]) { self.events = events }

    /// Events `range`, counted from 0, with these columns.
    func block(_ range: Range<Int>, columns: [String]) -> EventBlock {
        var block = EventBlock(
            firstSequence: UInt64(range.lowerBound) + 1, timesMilliseconds: events[range].map(\.atMilliseconds),
            columnCount: columns.count, features: [], idOffsets: [0], ids: [], roles: [])
        for event in events[range] {
            for name in columns {
                let value = event.columns[name] ?? 0
                block.features.append(value.isFinite ? value : 0)
            }
            block.ids += event.ids
            block.roles += event.roles.map(\.rawValue)
            block.idOffsets.append(UInt32(block.ids.count))
        }
        return block
    }
}
