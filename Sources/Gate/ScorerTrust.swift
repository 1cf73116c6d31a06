import Glibc

/// How much feedback leaves of each scorer's weight: a cumulative sum of what it lost beyond the others (Page's CUSUM, with
/// forgetting), turned into an exponential weight.
///
/// A turn gives every scorer a loss in 0…1: the share of pairs of judged rows that it ranked the wrong way round (½ where it
/// couldn't tell). Only what exceeds the mean of the other scorers by more than the slack is added up, older turns fading: the
/// gate's own weights know who is better, trust is there for who breaks. It takes only, it never gives.
package struct ScorerTrust: Sendable, Equatable {
    /// The sum, −7 to 0.
    package var advantage: Double
    /// Turns that counted.
    package var turns: Int

    package static let none = ScorerTrust(advantage: 0, turns: 0)

    package init(advantage: Double, turns: Int) {
        self.advantage = advantage
        self.turns = turns
    }

    /// What a turn's loss weighs.
    static let rate = 0.8
    /// Of what was, per turn that counts: half of it is forgotten after 34.
    static let memory = 0.98
    /// By how much a scorer may be worse than the others for ever: a weak one isn't a broken one.
    static let slack = 0.3
    /// A few bad turns in a row change nothing yet.
    static let margin = 1.0
    /// From there an honest scorer is back within a few dozen turns.
    static let lowest = -7.0

    /// Added to the logit of the scorer's weight: −6 to 0.
    package var logarithm: Double { min(0, advantage + Self.margin) }
    /// Factor of its weight before the weights are made to sum to 1: .0025 to 1.
    package var factor: Double { exp(logarithm) }

    /// - Parameter losses: of those scorers that took part in the turn, 0 to 1; fewer than two say nothing about each other.
    package static func update(_ trusts: inout [String: ScorerTrust], losses: [String: Double]) {
        guard losses.count > 1 else { return }
        // In a fixed order: floating-point sums depend on it.
        let sum = losses.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
        for (scorer, loss) in losses {
            var trust = trusts[scorer] ?? .none
            let others = (sum - loss) / Double(losses.count - 1)
            trust.advantage = min(max(memory * trust.advantage + rate * (others + slack - loss), lowest), 0)
            trust.turns += 1
            trusts[scorer] = trust
        }
    }
}

/// One candidate of a logged turn, as far as trust is concerned.
package struct JudgedRow: Sendable {
    /// Each scorer's own value, in one order for the whole turn; not finite = it said nothing.
    package var values: [Float]
    /// What was said of it, −1…1; nil = nothing.
    package var grade: Double?
    package var wasShown: Bool

    package init(values: [Float], grade: Double?, wasShown: Bool) {
        self.values = values
        self.grade = grade
        self.wasShown = wasShown
    }
}

extension ScorerTrust {
    /// Each scorer's loss over a turn; nil = the feedback doesn't tell two rows apart.
    ///
    /// Rows that weren't shown couldn't be used: nothing follows from their silence, except that a row which was shown and rated
    /// below 0 should have stood behind them.
    package static func losses(_ rows: [JudgedRow], scorers: Int) -> [Double]? {
        var wrong = [Double](repeating: 0, count: scorers)
        var pairs = 0.0
        for better in rows {
            for worse in rows where isBetter(better, worse) {
                pairs += 1
                for scorer in 0..<scorers { wrong[scorer] += mistake(better.values[scorer], worse.values[scorer]) }
            }
        }
        return pairs > 0 ? wrong.map { $0 / pairs } : nil
    }

    private static func isBetter(_ a: JudgedRow, _ b: JudgedRow) -> Bool {
        guard b.wasShown, (a.grade ?? 0) > (b.grade ?? 0) else { return false }
        return a.wasShown || (b.grade ?? 0) < 0
    }

    private static func mistake(_ better: Float, _ worse: Float) -> Double {
        guard better.isFinite, worse.isFinite, better != worse else { return 0.5 }
        return better > worse ? 0 : 1
    }
}
