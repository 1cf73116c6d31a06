import Dispatch
import Features
import Foundation
import Host
import Synchronization

extension Engine {
    /// The worlds in which scorers show, before they go live, that they find what was planted.
    package static var plantedWorlds: PlantedWorlds { GateWorlds.source }
}

/// The load gate's worlds: drawn once per process and seed, then put into each scorer's columns.
enum GateWorlds {
    /// Raise it with every change of what is drawn: verdicts of other worlds are forgotten.
    static let version = 1
    static let quick = 3
    static let full = 12

    static let source = PlantedWorlds(version: version) { probes($0) }

    private static let drawn = Mutex<[UInt64: [GateWorld]]>([:])

    /// - Returns: the worlds, and the milliseconds that drawing them took just now.
    ///
    /// Whoever asks meanwhile waits: two drawings of the same worlds would take longer.
    static func worlds(seed: UInt64, count: Int) -> (worlds: [GateWorld], milliseconds: Double) {
        drawn.withLock { drawn in
            if let known = drawn[seed], known.count >= count { return (Array(known.prefix(count)), 0) }
            let started = DispatchTime.now().uptimeNanoseconds
            // Far from the seeds that models train on: those count up from a million.
            let made = Mutex<[Int: GateWorld]>([:])
            DispatchQueue.concurrentPerform(iterations: count) { number in
                let world = GateWorld(seed: (seed &+ 1) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(number))
                made.withLock { $0[number] = world }
            }
            let worlds = made.withLock { made in (0..<count).compactMap { made[$0] } }
            drawn[seed] = worlds
            return (worlds, Double(DispatchTime.now().uptimeNanoseconds - started) / 1e6)
        }
    }

    static func probes(_ request: PlantedRequest) -> PlantedProbes {
        let columns = Set(request.rowColumns)
        let patterns = Set(GatePattern.allCases.filter { $0.stands(in: columns) })
        guard !patterns.isEmpty else { return PlantedProbes(worlds: [], milliseconds: 0) }
        let (worlds, milliseconds) = worlds(seed: request.seed, count: request.isFull ? full : quick)
        return PlantedProbes(worlds: worlds.map { probe($0, patterns, request) }, milliseconds: milliseconds)
    }

    private static func probe(_ world: GateWorld, _ patterns: Set<GatePattern>, _ request: PlantedRequest) -> PlantedProbe {
        let places = request.eventColumns.map { EventCatalog.names.firstIndex(of: $0) }
        return PlantedProbe(
            features: world.events.map { event in
                let values = EventCatalog.values(event.facts)
                return places.map { $0.map { values[$0] } ?? 0 }
            },
            timesMilliseconds: world.events.map(\.facts.atMilliseconds),
            // Roles as the ABI numbers them: 1 = focal, 4 = referenced.
            things: world.events.map { event in event.focal.map { (id: $0, role: 1) } + event.referenced.map { (id: $0, role: 4) } },
            lists: world.lists.filter { patterns.contains($0.pattern) }.compactMap { list($0, request.rowColumns) })
    }

    /// nil = a column that only callers can bring.
    private static func list(_ list: GateWorld.List, _ columns: [String]) -> PlantedProbe.List? {
        guard let matrix = try? ColumnMatrix(names: columns, candidates: list.list.candidates, turn: list.list.turn) else { return nil }
        return PlantedProbe.List(
            pattern: list.pattern.rawValue, knownEvents: list.event + 1, nowMilliseconds: list.list.turn.nowMilliseconds,
            values: matrix.values, present: matrix.present, ids: list.list.ids, isWanted: list.isWanted)
    }
}
