import Host

/// What the load gate found out about a scorer before it went live.
package struct GateStatus: Sendable {
    /// passed, failed, not-checked; and what was compared, or why it wasn't.
    package var checks: [(name: String, outcome: String, detail: String)]
    package var milliseconds: Double
    /// The verdict of an earlier run: library, assets, options and host are what they were.
    package var isFromStore: Bool

    package init(checks: [(name: String, outcome: String, detail: String)], milliseconds: Double, isFromStore: Bool) {
        self.checks = checks
        self.milliseconds = milliseconds
        self.isFromStore = isFromStore
    }

    init(_ report: GateReport) {
        self.init(
            checks: report.checks.map { ($0.name, $0.outcome.rawValue, $0.detail) }, milliseconds: report.milliseconds,
            isFromStore: report.isFromStore)
    }
}
