import Glibc

/// What makes a memory worth showing in a planted world, in logits: the score of an oracle.
///
/// u = Σ of what applies − `threshold`; above 0 it is worth showing, and an entry of logit 0 stands for «none».
package struct UtilityWeights: Sendable, Equatable {
    package var focal = 2.7
    /// Of an entity's habit, when it is on and when it is off.
    package var habit: (on: Double, off: Double) = (2.0, -1.4)
    package var burst = 2.2
    package var follows = 2.4
    /// Falls with the days since the entity was there: e^(−rate·gap), for constraints (1 + gap)^(−½).
    package var recency = 2.5
    package var recencyRate = 0.15
    package var importance = 0.8
    /// More above this importance.
    package var importanceStep = (at: 0.6, worth: 1.4)
    /// Per ln(1 + age in days).
    package var age = -0.45
    /// Per ln(1 + accesses).
    package var access = 0.3
    /// Per newer version, of at most three.
    package var superseded = -3.4
    /// Of words that answer the question fully, and what all but the versions and the words count for then: who asks
    /// in words mostly gets what the words say, however old it is.
    package var text = 6.5
    package var besideWords = 0.2
    /// Found through the graph while the question is about its neighbour.
    package var graph = 0.7
    package var threshold = 4.4

    package init() {}

    package static func == (a: UtilityWeights, b: UtilityWeights) -> Bool { "\(a)" == "\(b)" }

    mutating func scale(focal: Double, need: Double, memory: Double) {
        self.focal *= focal
        habit = (habit.on * need, habit.off * need)
        burst *= need
        follows *= need
        importance *= memory
        importanceStep.worth *= memory
        age *= memory
        access *= memory
    }
}

/// What users do about without saying so; events show it through noise only. It changes what counts.
package enum Regime: Int, Sendable, CaseIterable {
    /// On a task: what is in focus and what comes next.
    case working
    /// Looking back: what is recent counts.
    case reviewing
    /// Looking around: what is important and much used counts.
    case exploring

    /// Factors of focal and need; recency; importance and access.
    var factors: (need: Double, recency: Double, memory: Double) {
        switch self {
        case .working: (1.25, 0.7, 0.6)
        case .reviewing: (0.8, 1.7, 0.7)
        case .exploring: (0.7, 0.6, 1.6)
        }
    }

    /// Mean rating of a turn: seen through a deviation of `ratingDeviation`.
    var meanRating: Double {
        switch self {
        case .working: 0.6
        case .reviewing: 0
        case .exploring: -0.6
        }
    }

    static let ratingDeviation = 0.45
}

/// What applies to one candidate, before it is weighed.
package struct UtilityFacts: Sendable, Equatable {
    package var isFocal = false
    /// +1 its habit is on, −1 off, 0 it has none.
    package var habit = 0
    package var isBursting = false
    package var follows = false
    /// Days since its entity was there; nil = never.
    package var gapDays: Double?
    package var isConstraint = false
    package var importance = 0.0
    package var ageDays = 0.0
    package var accesses = 0
    package var newerVersions = 0
    package var isAsked = false
    /// How well the words answer, up to 1.3.
    package var textMatch = 0.0
    package var isGraph = false

    package init() {}

    func utility(_ w: UtilityWeights, _ regime: Regime?) -> Double {
        let factors = regime?.factors ?? (need: 1, recency: 1, memory: 1)
        var need = isFocal ? w.focal : 0
        if habit != 0 { need += habit > 0 ? w.habit.on : w.habit.off }
        if isBursting { need += w.burst }
        if follows { need += w.follows }
        var recent = 0.0
        if let gapDays { recent = w.recency * (isConstraint ? 1 / (1 + gapDays).squareRoot() : exp(-w.recencyRate * gapDays)) }
        var memory = w.importance * importance + w.access * log(1 + Double(accesses))
        if importance > w.importanceStep.at { memory += w.importanceStep.worth }
        let versions = w.superseded * Double(min(newerVersions, 3))
        let rest = w.age * log(1 + ageDays) + (isGraph ? w.graph : 0)
        let beside = factors.need * need + factors.recency * recent + factors.memory * memory + rest
        return (isAsked ? w.besideWords : 1) * beside + w.text * textMatch + versions - w.threshold
    }
}
