import Features
import Synthetic

/// How fast planted worlds hand out candidates, turns lived through and columns included.
enum WorldBench {
    /// Worlds per repetition.
    private static let worlds = 8

    /// Candidates per second over `threads` threads; a list of twenty at every eighth turn.
    static func run(threads: Int, _ repetitions: Int) throws -> Engine.Figure {
        var rates: [Double] = []
        for repetition in 0..<max(repetitions, 1) {
            let start = ContinuousClock.now
            let counts = try Parallel.map(0..<worlds * threads, threads: threads) { place in
                try candidates(seed: UInt64(1 + repetition * 1_000 + place))
            }
            rates.append(Double(counts.reduce(0, +)) / ((ContinuousClock.now - start) / .seconds(1)))
        }
        rates.sort()
        return Engine.Figure(
            size: "\(threads) threads, \(PlantedColumns.all.count) columns", unit: "candidates/s", p50: rates[rates.count / 2],
            p99: rates[0], repetitions: rates.count)
    }

    private static func candidates(seed: UInt64) throws -> Int {
        var world = World(WorldSettings(), seed: seed)
        var count = 0
        while world.upcoming != nil {
            world.begin()
            if world.events.count > 100, world.events.count % 8 == 0 {
                let list = world.ordinaryList()
                count += try ColumnMatrix(names: PlantedColumns.all, candidates: list.candidates, turn: list.turn).rows
            }
            world.finish()
        }
        return count
    }
}
