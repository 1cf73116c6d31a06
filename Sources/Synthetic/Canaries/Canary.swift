/// A planted pattern that a model must find, with the definition that makes it decidable (learning.md, «Corrected
/// definitions»): at least 200 worlds, attribute-equal fillers, an oracle beside it, and a twin of the same worlds
/// without the signal, which must fail.
package enum Canary: String, Sendable, CaseIterable {
    // Seed 000.
    case cycle, decay, selectivity, chain, burst
    case coactivation = "co-activation"
    case combined
    // Seed 002 §7.5; noise robustness is `NoiseCurve`.
    case selectiveTop = "selective-top-3"
    case hour
    case newestFirst = "newest-first"
    case replaced
    case conjunction

    /// As in the seeds: «000-1» … «002-6».
    package var number: String {
        switch self {
        case .cycle: "000-1"
        case .decay: "000-2"
        case .selectivity: "000-3"
        case .chain: "000-4"
        case .burst: "000-5"
        case .coactivation: "000-6"
        case .combined: "000-7"
        case .selectiveTop: "002-1"
        case .hour: "002-2"
        case .newestFirst: "002-3"
        case .replaced: "002-4"
        case .conjunction: "002-6"
        }
    }

    /// What is measured.
    package var statement: String {
        switch self {
        case .cycle: "mean P on its weekday ÷ mean P three days later, same list and hour"
        case .decay: "error of the fitted rate of decay over gaps of 0–48 days"
        case .selectivity: "mean P with its entity in focus ÷ mean P with another one"
        case .chain: "share of worlds with C above B above A, half of them with A and B louder"
        case .burst: "recall@10 of 3 targets among 60 after 5 of the last 7 events"
        case .coactivation: "correlation of (logit of Q − fillers) with «P came last»"
        case .combined: "top-1 of the one that is in focus, on its day and recent"
        case .selectiveTop: "share of 3 focal memories among the first 3 of 10"
        case .hour: "share above the median at its hour"
        case .newestFirst: "share of worlds with 5 ages in the right order"
        case .replaced: "share of worlds with the newer version above the older"
        case .conjunction: "top-1 of the one whose day, hour and recency all fit"
        }
    }

    package var threshold: Double {
        switch self {
        case .cycle: 2
        case .decay: 0.2
        case .selectivity: 3
        case .chain, .selectiveTop, .replaced: 0.9
        case .burst: 0.75
        case .coactivation, .combined, .conjunction: 0.7
        case .hour: 0.85
        case .newestFirst: 0.95
        }
    }

    /// An error: less is better.
    package var isError: Bool { self == .decay }
}

/// One world's lists for one canary.
package struct CanaryScene: Sendable {
    package var worldSeed: UInt64
    package var parts: [Part]

    /// A stretch of one world; a list's `event` counts within it. Some canaries compare worlds that differ in one habit.
    package struct Part: Sendable {
        package var events: [PlantedEvent]
        package var lists: [PlantedList]
        /// Rows that matter, per list, in the canary's own order.
        package var marks: [[Int]]
        package var seed: UInt64
    }

    /// Events before a part's first list: as many as a trunk is trained on.
    package static let window = 128
}

extension World {
    /// These lists and the events before them, cut loose from the world.
    func part(_ lists: [(list: PlantedList, marks: [Int])]) -> CanaryScene.Part {
        let earliest = lists.map(\.list.event).min() ?? events.count
        let first = max(0, earliest + 1 - CanaryScene.window)
        return CanaryScene.Part(
            events: Array(events[first...]),
            lists: lists.map { entry in
                var list = entry.list
                list.event -= first
                return list
            }, marks: lists.map(\.marks), seed: seed)
    }
}
