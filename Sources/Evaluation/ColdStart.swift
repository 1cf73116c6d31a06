/// How a ranker does on users of whom little is known: strata by the number of their earlier events.
package enum ColdStart {
    package struct Stratum: Sendable, Equatable {
        /// "4–10".
        package let name: String
        /// Earlier events.
        package let events: ClosedRange<Int>
    }

    /// DESIGN §7's strata, and the users of whom nothing is known.
    package static let strata = [
        Stratum(name: "0", events: 0...0), Stratum(name: "1–3", events: 1...3), Stratum(name: "4–10", events: 4...10),
        Stratum(name: "11–50", events: 11...50), Stratum(name: ">50", events: 51...Int.max),
    ]

    /// Index of the stratum of a user with so many earlier events.
    package static func stratum(earlierEvents: Int) -> Int {
        precondition(earlierEvents >= 0, "nobody has fewer events than none")
        return strata.firstIndex { $0.events.contains(earlierEvents) } ?? strata.count - 1
    }

    /// The first stratum from which on a ranker is better: in it the interval of the paired difference lies above zero, and in
    /// none after it below. nil = nowhere. A stratum without queries (nil) is passed over.
    ///
    /// A later stratum that shows nothing doesn't undo it: fewer queries, not a worse ranker, widen its interval.
    package static func crossover(_ comparisons: [PairedComparison?]) -> Int? {
        for (place, comparison) in comparisons.enumerated() where comparison?.verdict == .better {
            if comparisons[place...].allSatisfy({ $0?.verdict != .worse }) { return place }
        }
        return nil
    }
}
