/// One thing that a plugin owes the header, and how it is tried.
package struct Check: Sendable {
    package enum Group: String, Sendable, CaseIterable {
        case `static`, load, scoring, state, life, faults
    }

    /// Each contains those before it.
    package enum Level: Int, Sendable, CaseIterable, Comparable {
        case loads, ranks, survives

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

        package init?(name: String) {
            guard let level = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
            self = level
        }
    }

    package let name: String
    package let group: Group
    package let level: Level
    /// What it catches, in half a sentence.
    package let catches: String
    /// Names of checks without which it says nothing.
    let needs: [String]
    let run: @Sendable (Trial) throws(TrialEnd) -> Finding

    init(
        _ name: String, _ group: Group, _ level: Level, catches: String, needs: [String] = [],
        run: @escaping @Sendable (Trial) throws(TrialEnd) -> Finding
    ) {
        self.name = name
        self.group = group
        self.level = level
        self.catches = catches
        self.needs = needs
        self.run = run
    }
}

/// What a check came to.
package struct Finding: Sendable, Equatable {
    package enum Outcome: String, Sendable, CaseIterable {
        case passed, failed
        case notChecked = "not-checked"
    }

    package var outcome: Outcome
    /// What was tried, what was wrong and where, or why it wasn't tried.
    package var detail: String
    /// What to do; nil where nothing is wrong.
    package var remedy: String?

    static func passed(_ detail: String) -> Finding { Finding(outcome: .passed, detail: detail) }
    static func notChecked(_ reason: String) -> Finding { Finding(outcome: .notChecked, detail: reason) }
    static func failed(_ detail: String, do remedy: String) -> Finding {
        Finding(outcome: .failed, detail: detail, remedy: remedy)
    }
}

/// A check with its finding.
package struct CheckResult: Sendable, Equatable {
    package var name: String
    package var group: Check.Group
    package var level: Check.Level
    package var finding: Finding
    package var milliseconds: Double
}
