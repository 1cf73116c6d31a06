import Synchronization

/// One line on standard error that says how far a long job is. Shown on a terminal only.
final class ProgressLine: Sendable {
    private struct State {
        var lastDrawn: ContinuousClock.Instant?
        var isOnScreen = false
    }

    private let console: any Console
    private let style: Style
    private let width: Int
    private let isShown: Bool
    private let begin = ContinuousClock.now
    private let state = Mutex(State())

    init(_ context: CommandContext) {
        let terminal = context.console.errorTerminal
        console = context.console
        isShown = terminal.isTerminal && !context.isQuiet && !context.isJSON
        style = Style(isColored: context.style.isColored)
        width = terminal.width(environment: context.environment)
    }

    /// Draws at most ten times a second: a terminal is slower than the work.
    func show(_ label: String, done: Int64, total: Int64?, count: Int) {
        draw { width, seconds in
            Self.text(label, done: done, total: total, count: count, seconds: seconds, width: width)
        }
    }

    /// Any other line, as wide as `text` is told and no wider, given the seconds so far.
    func draw(_ text: (_ width: Int, _ seconds: Double) -> String) {
        guard isShown else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            if let last = state.lastDrawn, now - last < .milliseconds(100) { return }
            state.lastDrawn = now
            state.isOnScreen = true
            console.writeError("\r\u{1B}[K" + style.dim(text(width - 1, (now - begin).seconds)))
        }
    }

    /// Takes the line away, so that other text can be written.
    func clear() {
        state.withLock { state in
            if state.isOnScreen { console.writeError("\r\u{1B}[K") }
            state.isOnScreen = false
        }
    }

    /// `label  ██████░░░░  42%  42,000  8,123/s  7 s left`; without a total no bar and no end.
    static func text(
        _ label: String, done: Int64, total: Int64?, count: Int, seconds: Double, width: Int
    ) -> String {
        let rate = seconds > 0 ? Double(count) / seconds : 0
        var facts = [Figures.count(count), "\(Figures.count(Int(rate.rounded())))/s"]
        guard let total, total > 0 else {
            return ([label] + facts).joined(separator: "  ").truncated(to: width)
        }
        let share = min(1, max(0, Double(done) / Double(total)))
        facts.insert("\(Int(share * 100))%".leftPadded(to: 4), at: 0)
        if share > 0, seconds > 0 {
            facts.append("\(Figures.duration(seconds: seconds / share * (1 - share))) left")
        }
        let tail = facts.joined(separator: "  ")
        let cells = min(30, width - label.columnCount - tail.columnCount - 4)
        guard cells >= 5 else { return "\(label)  \(tail)".truncated(to: width) }
        let filled = Int((share * Double(cells)).rounded(.down))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
        return "\(label)  \(bar)  \(tail)"
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
