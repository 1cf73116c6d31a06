import Evaluation
import Synthetic

/// One user's stretches of turns, and the graph through which candidates are reached.
struct JointWorld: Sendable {
    let seed: UInt64
    /// Events as the trunk reads them, with the lists of interactions.
    let histories: [PlantedHistory]
    /// Lists of each stretch.
    let lists: [[JointList]]

    /// - Throws: what computing columns throws.
    init(_ settings: JointSettings, seed: UInt64) throws {
        var sample = PlantedSample(settings: settings.interactions)
        // Situations in which one signal decides are for training scorers; a gate is for lists as they are met.
        sample.situations = 0
        let histories = try sample.histories(seed: seed)
        var random = SplitMix64(seed: seed ^ 0x6A01_17)
        func unit() -> Double { Double(random.next() >> 11) * 0x1p-53 }
        var drawn = settings.paths
        // Twice as many as rows: lists with nothing choose among them.
        drawn.candidates = 2 * settings.interactions.candidates...2 * settings.interactions.candidates
        // A joint list is empty because its rows are, not because all paths end at something superseded.
        drawn.empty = 0
        let paths = PathWorld(seed: random.next(), settings: drawn)
        let weight = settings.weight.lowerBound + unit() * (settings.weight.upperBound - settings.weight.lowerBound)
        var number = 0
        lists = histories.map { history in
            history.lists.map { list in
                number += 1
                let ways = paths.list(number)
                return unit() < settings.withoutPaths
                    ? JointList(withoutPaths: list, like: ways)
                    : JointList(list, ways, weight: weight, isEmpty: list.situation == .empty)
            }
        }
        self.histories = histories
        self.seed = seed
    }
}
