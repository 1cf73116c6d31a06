/// Consecutive events of one session, as they cross the ABI.
package struct EventBlock: Sendable {
    package enum Role: UInt8, Sendable { case focal = 1, aspect, injected, referenced }

    /// Of the first row; the others follow without a gap.
    package var firstSequence: UInt64
    /// Unix milliseconds UTC, one per row.
    package var timesMilliseconds: [Int64]
    package var columnCount: Int
    /// rows × columns, in the order that was asked for; finite.
    package var features: [Float]
    /// rows + 1, ascending.
    package var idOffsets: [UInt32]
    package var ids: [UInt64]
    package var roles: [UInt8]
    /// Each turn's query vector; 0 = none are sent.
    package var dimension = 0
    package var embeddings: [Float] = []
    package var hasEmbedding: [UInt8] = []

    package init(
        firstSequence: UInt64, timesMilliseconds: [Int64], columnCount: Int, features: [Float], idOffsets: [UInt32],
        ids: [UInt64], roles: [UInt8]
    ) {
        self.firstSequence = firstSequence
        self.timesMilliseconds = timesMilliseconds
        self.columnCount = columnCount
        self.features = features
        self.idOffsets = idOffsets
        self.ids = ids
        self.roles = roles
    }

    package var rowCount: Int { timesMilliseconds.count }

    /// Shapes that fit each other; whoever fills a block is one of us, but a plugin must never see one that lies.
    var isWhole: Bool {
        let rows = rowCount
        return features.count == rows * columnCount && idOffsets.count == rows + 1 && idOffsets.first == 0
            && Int(idOffsets.last ?? 0) == ids.count && roles.count == ids.count
            && zip(idOffsets, idOffsets.dropFirst()).allSatisfy { $0 <= $1 } && features.allSatisfy(\.isFinite)
            && (dimension == 0 || (embeddings.count == rows * dimension && hasEmbedding.count == rows))
    }
}

/// Where a session's past is. Filled in by Engine from the store.
package protocol EventSource: Sendable {
    /// Events `first` to `last`, both included, with these columns; nil if they aren't all there.
    func events(session: UInt64, from first: UInt64, through last: UInt64, columns: [String], embeddings: Bool) -> EventBlock?
}

/// Where sessions' states survive the process. Filled in by Engine from the store. Both may be called from any thread;
/// `keep` returns at once and writes some time.
package protocol StateStore: Sendable {
    /// The newest envelope.
    func state(scorer: String, session: UInt64) -> [UInt8]?
    func keep(_ envelope: [UInt8], scorer: String, session: UInt64, sequence: UInt64)
}

/// Whose turn it is: a session, and the event with which the turn begins. Events count from 1.
package struct SessionTurn: Sendable, Equatable {
    package var session: UInt64
    package var sequence: UInt64

    package init(session: UInt64, sequence: UInt64) {
        self.session = session
        self.sequence = sequence
    }
}

/// Where a session's state came from when a scorer first needed it.
package enum StateOrigin: Sendable, Equatable, CustomStringConvertible {
    /// Its first event.
    case fresh
    /// Bit for bit what another generation of the scorer had.
    case carried
    /// From the store's checkpoint, and the events after it.
    case restored
    /// From the compact checkpoint: close, not equal.
    case approximate
    /// No state could be used: so many of the last events were replayed.
    case rebuilt(events: Int, reason: String)

    package var description: String {
        switch self {
        case .fresh: "fresh"
        case .carried: "carried over"
        case .restored: "restored from its checkpoint"
        case .approximate: "restored from a compact checkpoint"
        case .rebuilt(let events, let reason): "rebuilt from the last \(events) events (\(reason))"
        }
    }
}
