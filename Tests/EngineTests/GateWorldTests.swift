import Features
import Foundation
import Host
import Testing

@testable import Engine

/// The worlds in which the load gate tries scorers.
@Suite struct GateWorldTests {
    private func probes(_ columns: [String], seed: UInt64 = 7) -> PlantedProbes {
        GateWorlds.probes(
            PlantedRequest(rowColumns: columns, eventColumns: ["event.log_gap_s@1"], seed: seed, isFull: false))
    }

    private func patterns(_ columns: [String]) -> Set<String> { Set(probes(columns).worlds.flatMap(\.lists).map(\.pattern)) }

    @Test func everyPatternHasListsEnoughToBeJudged() {
        let lists = probes(ColumnCatalog.names).worlds.flatMap(\.lists)
        for pattern in GatePattern.allCases {
            let own = lists.filter { $0.pattern == pattern.rawValue }
            #expect(own.count >= 2 * PlantedTally.leastLists, "\(pattern): \(own.count)")
            #expect(own.allSatisfy { $0.isWanted.contains(true) != (pattern == .empty) })
        }
    }

    @Test func onlyWhatStandsInTheColumnsIsAsked() {
        #expect(patterns(["context.is_focal@1"]) == ["focus"])
        #expect(patterns(["memory.is_superseded@1", "text.coverage@1"]) == ["chain", "text"])
        #expect(patterns(["memory.is_graph_traversal@1", "memory.log_structural_density@1"]) == [])
        #expect(patterns([]) == [])
    }

    /// Columns, which way up they count, and the pattern that must see it.
    @Test(arguments: [
        ("context.is_focal@1", 1, "focus"), ("context.dow_lift@1", 1, "habit"), ("context.hour_lift@1", 1, "hour"),
        ("context.burst_lift@1", 1, "burst"), ("context.coact_lift@1", 1, "succession"), ("context.decay_4d@1", 1, "decay"),
        ("memory.newer_versions@1", -1, "chain"), ("memory.log_age_days@1", -1, "age"), ("memory.importance@1", 1, "importance"),
        ("memory.log_access_count@1", 1, "access"), ("text.context@1", 1, "text"),
    ])
    func aColumnAloneFindsItsPatternAndItsNegativeIsUpsideDown(column: String, sign: Float, pattern: String) {
        var (right, wrong) = (PlantedTally(), PlantedTally())
        for list in probes([column]).worlds.flatMap(\.lists) where list.pattern == pattern {
            right.add(pattern, list.values.map { $0 * sign }, wanted: list.isWanted)
            wrong.add(pattern, list.values.map { $0 * -sign }, wanted: list.isWanted)
        }
        #expect(right.mean > 0.8 && right.upsideDown == nil, "\(pattern) \(right.mean)")
        #expect(wrong.upsideDown?.pattern == pattern)
    }

    @Test func theSameSeedGivesTheSameProbesAndAnotherSeedOthers() {
        let columns = ["context.decay_4d@1", "memory.importance@1"]
        func all(_ seed: UInt64) -> [[Float]] { probes(columns, seed: seed).worlds.flatMap(\.lists).map(\.values) }
        let drawn = GateWorld(seed: 3)
        #expect(drawn.lists.map(\.list.clean) == GateWorld(seed: 3).lists.map(\.list.clean))
        #expect(all(7) == all(7) && all(7) != all(8))
        // Drawn once per process.
        #expect(probes(columns).milliseconds == 0)
    }

    @Test func fullIsMoreOfTheSame() {
        let (quick, first) = GateWorlds.worlds(seed: 21, count: GateWorlds.quick)
        let (full, second) = GateWorlds.worlds(seed: 21, count: GateWorlds.full)
        #expect(full.count == 12 && full.prefix(quick.count).map(\.lists.count) == quick.map(\.lists.count))
        print("drawing worlds: \(first) ms for \(quick.count), \(second) ms for \(full.count)")
    }

    @Test func tiesAndAFewUnluckyListsAreNotUpsideDown() {
        var tally = PlantedTally()
        for _ in 0..<8 { tally.add("habit", [1, 1, 1], wanted: [true, false, false]) }
        #expect(tally.mean == 0.5 && tally.upsideDown == nil && tally.unread == [])
        for place in 0..<8 { tally.add("hour", place < 4 ? [0, 1, 2] : [2, 1, 1.5], wanted: [true, false, false]) }
        // A pattern that it doesn't read no longer counts, once it reads another.
        #expect(tally.unread == ["habit"] && tally.mean == 0.5 && tally.upsideDown == nil)
        for _ in 0..<8 { tally.add("burst", [0, 1, 1], wanted: [true, false, false]) }
        #expect(tally.upsideDown?.pattern == "burst")
    }
}
