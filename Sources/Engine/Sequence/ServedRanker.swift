import Features
import Foundation
import Host
import Synchronization

/// The same weights through the host and the real library: a session per user, a turn per event, and every item of the
/// catalogue a row of the last one.
final class ServedRanker: SequenceRanker {
    let name: String
    private let host: ScorerHost
    private let events: ChosenItems
    private let ids: [Int64]
    /// Events that the model was trained to see at once: as many are sent.
    private let length: Int
    private(set) var degraded: Set<String> = []

    init(weights: String, tier: String, pluginFolders: [String], items ids: [Int64], length: Int) throws {
        self.length = length
        name = "mamba, \(tier)"
        events = ChosenItems()
        self.ids = ids
        host = try MambaHost.start(
            weights: weights, tier: tier, pluginFolders: pluginFolders, events: events, usesLoadGate: false)
    }

    func score(_ context: IndexedSequence, to scores: inout [Float]) {
        let context = context.suffix(length)
        let key = UInt64(bitPattern: context.user)
        let times = context.rows.indices.map { Int64((context.seconds?[$0] ?? Double($0)) * 1000) }
        events.set(context.rows.map { ids[Int($0) - 1] }, at: times, session: key)
        // The turns on the way, as an agent has them: each moves the session by one event.
        for (index, time) in times.enumerated().dropLast() {
            ask(0..<1, SessionTurn(session: key, sequence: UInt64(index + 1)), now: time, to: &scores)
        }
        let last = SessionTurn(session: key, sequence: UInt64(times.count))
        for first in stride(from: 0, to: ids.count, by: Self.rowsPerCall) {
            ask(first..<min(first + Self.rowsPerCall, ids.count), last, now: times.last ?? 0, to: &scores)
        }
    }

    /// What a list scorer gets at most, unless plugins.json says otherwise. A row's logit doesn't depend on the others.
    private static let rowsPerCall = 4096

    private func ask(_ range: Range<Int>, _ session: SessionTurn, now: Int64, to scores: inout [Float]) {
        var request = ScoringRequest(
            rowIDs: ids[range].map { UInt64(bitPattern: $0) }, nowMilliseconds: now)
        request.session = session
        let answer = host.score(request) { names in
            // Next-item weights read no column: the library offers to read them all, and sees each as absent.
            ColumnBlock(
                rowCount: range.count, columnCount: names.count,
                values: [Float](repeating: 0, count: range.count * names.count),
                present: [UInt8](repeating: 0, count: names.count))
        }
        // Each history is read from its events when its user is first asked about: that is no fault here.
        degraded.formUnion(answer.degraded.filter { !$0.contains("its state was rebuilt") })
        for (place, score) in answer.scores.enumerated() { scores[range.lowerBound + place + 1] = score }
    }
}

/// One event per chosen item, for the host's sessions.
private final class ChosenItems: EventSource {
    private struct Chosen {
        var items: [Int64]
        var times: [Int64]
    }

    private let stored = Mutex<[UInt64: Chosen]>([:])

    func set(_ items: [Int64], at times: [Int64], session: UInt64) {
        stored.withLock { $0[session] = Chosen(items: items, times: times) }
    }

    func events(
        session: UInt64, from first: UInt64, through last: UInt64, columns: [String], embeddings: Bool
    ) -> EventBlock? {
        stored.withLock { stored in
            guard let all = stored[session], first >= 1, last <= all.items.count, first <= last else { return nil }
            let places = Int(first) - 1..<Int(last)
            return EventBlock(
                firstSequence: first, timesMilliseconds: Array(all.times[places]), columnCount: columns.count,
                features: [Float](repeating: 0, count: places.count * columns.count),
                idOffsets: (0...UInt32(places.count)).map { $0 },
                ids: all.items[places].map { UInt64(bitPattern: $0) },
                roles: [UInt8](repeating: EventBlock.Role.referenced.rawValue, count: places.count))
        }
    }
}
