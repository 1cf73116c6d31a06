/// What the load gate found out about a scorer before it went live.
package struct GateReport: Sendable, Equatable {
    package enum Outcome: String, Sendable, CaseIterable {
        case passed, failed
        case notChecked = "not-checked"
    }

    package struct Check: Sendable, Equatable {
        package var name: String
        package var outcome: Outcome
        /// What was compared, what was wrong with which rows, or why it wasn't checked.
        package var detail: String

        package init(_ name: GateCheckName, _ outcome: Outcome, _ detail: String) {
            self.name = name.rawValue
            self.outcome = outcome
            self.detail = detail
        }

        /// As it was stored.
        init(stored name: String, _ outcome: Outcome, _ detail: String) {
            self.name = name
            self.outcome = outcome
            self.detail = detail
        }
    }

    package var checks: [Check]
    package var milliseconds: Double
    /// The verdict was found under the scorer's hash: nothing ran.
    package var isFromStore = false

    package var failures: [Check] { checks.filter { $0.outcome == .failed } }
    package var notChecked: [Check] { checks.filter { $0.outcome == .notChecked } }
    package var passed: [Check] { checks.filter { $0.outcome == .passed } }

    /// For people, in a line.
    package var summary: String {
        let checked = passed.map(\.name).joined(separator: ", ")
        let left = notChecked.map { "\($0.name) (\($0.detail))" }.joined(separator: ", ")
        return "checked: \(checked.isEmpty ? "nothing" : checked)" + (left.isEmpty ? "" : "; not checked: \(left)")
    }
}

/// The load gate's checks, in the order in which they run (abi-decisions, «Load gate by capability»).
package enum GateCheckName: String, Sendable, CaseIterable {
    case answers, range, inputs, deterministic, permutation, split
    case scoreKeepsState = "score-keeps-state"
    case stateRoundTrip = "state-round-trip"
    case stateDamage = "state-damage"
    case monotone, golden
    case plantedWorld = "planted-world"
    case nothingRelevant = "nothing-relevant"
    case latency
    /// Its end: at a swap it comes in the host itself, if that is where the scorer serves.
    case destroy

    /// Without one of these nobody knows which way up it ranks.
    package static let ranking: Set<GateCheckName> = [.monotone, .golden, .plantedWorld]
}
