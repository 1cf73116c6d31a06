// Not Foundation: its `Progress` would hide the SDK's, and a scorer has no use for it.
import Glibc
import Manifest
import PluginSDK

/// Newer is better, used more is better, and used in this conversation is better still.
///
/// The columns say how old a memory is and how often it was used at all. The session says which memories this
/// conversation has touched, and forgets them by halves. A host that sends no history gets the columns' answer.
struct RecencyFrequencyScorer: SessionScorer {
    /// The manifest's, in its order.
    static let options = ["halfLifeDays", "frequencyWeight", "sessionWeight", "sessionHalfLifeMinutes"]
    private static let rowsBetweenPolls = 512

    private let age: Int
    /// nil = this host doesn't offer it.
    private let accesses: Int?
    private let halfLifeDays: Double
    private let frequencyWeight: Float
    private let sessionWeight: Double
    private let memory: Usage.Decay

    init(_ setup: Setup) throws(ScorerError) {
        age = try setup.columns.require("memory.age_days@1")
        accesses = setup.columns.index(of: "memory.log_access_count@1")
        halfLifeDays = try setup.options.number("halfLifeDays")
        frequencyWeight = Float(try setup.options.number("frequencyWeight"))
        sessionWeight = try setup.options.number("sessionWeight")
        memory = Usage.Decay(
            halfLifeMilliseconds: try setup.options.number("sessionHalfLifeMinutes") * 60_000)
    }

    var info: ModelInfo {
        var info = ModelInfo()
        info.inputs = [.history]
        info.stateVersion = Usage.version
        // Strengths are sums under one half-life: a state of another one would mean something else here.
        info.stateID = memory.halfLifeMilliseconds.bitPattern
        info.sessionBytes = UInt64(Usage.capacity * 64)
        info.replayEvents = 200
        info.partCount = 3
        info.nanosecondsPerRow = 50
        return info
    }

    func open(key: UInt64) -> Usage { Usage() }

    func advance(_ session: inout Usage, by events: borrowing Events) throws(ScorerError) {
        for event in 0..<events.count {
            let time = events.times[event, 0]
            for place in events.idRange(event) {
                guard let weight = Self.weight(ofRole: events.roles[place]) else { continue }
                session.touch(events.ids[place], weight, at: time, memory)
            }
        }
    }

    /// Referenced: the agent used it. Injected: it was only shown. Entities and aspects are no memories.
    private static func weight(ofRole role: UInt8) -> Double? {
        switch role {
        case 4: 1
        case 3: 0.25
        default: nil
        }
    }

    func score(
        _ batch: borrowing Batch, in session: Usage, into scores: inout Scores
    ) throws(ScorerError) -> Progress {
        for row in 0..<batch.count {
            if row % Self.rowsBetweenPolls == 0, batch.isCancelled { return .stopped(at: row) }
            let recency = Float(exp2(-Double(batch.rows[row, age]) / halfLifeDays))
            let frequency = accesses.map { frequencyWeight * batch.rows[row, $0] } ?? 0
            // The batch's time, not a clock: the same request gives the same scores tomorrow.
            let strength = session.strength(of: batch.ids[row, 0], at: batch.nowMilliseconds, memory)
            let remembered = Float(sessionWeight * log1p(strength))
            scores[row] = recency + frequency + remembered
            scores.explain(row, 0, recency)
            scores.explain(row, 1, frequency)
            scores.explain(row, 2, remembered)
        }
        return .done
    }

    func export(_ session: Usage, form: StateForm, to state: inout StateWriter) throws(ScorerError) {
        session.write(to: &state, limit: form == .compact ? Usage.compactEntries : Usage.capacity, memory)
    }

    func restore(
        _ session: inout Usage, form: StateForm, version: UInt32, from state: inout StateReader
    ) throws(ScorerError) {
        guard version == Usage.version else {
            throw .state("the state has version \(version); this library reads \(Usage.version)")
        }
        session = try Usage(from: &state)
    }
}

private let library = Library(RecencyFrequencyScorer.self, id: SCORER_ID, version: SCORER_VERSION)
@c(mneme_plugin) public func mnemePlugin() -> PluginTable { library.table }
