import StateSpace
import Synthetic

// Where training stops.
extension PlantedTraining {
    /// Parameters at which training might have stopped.
    struct Stop {
        var loss: Double
        var step: Int
        var values: [Float]
    }

    static let candidateStops = 4

    /// Of the best by loss, the one that finds the most planted patterns with the widest margins: a mean over lists
    /// hardly notices a canary that died (learning.md, «Knock-outs»).
    func choose(_ stops: [Stop], _ scaling: PlantedScaling) throws -> (Stop, Int?) {
        precondition(!stops.isEmpty, "a run has a last update")
        let first = stops[0]
        guard canaryWorlds > 0, columns == .all else { return (first, nil) }
        var trial = CanaryTrial()
        trial.worlds = canaryWorlds
        trial.seed = 950_000_000
        trial.threads = threads
        trial.resamples = 40
        trial.settings.noise.decibels = 20
        let rankers = stops.enumerated().map { ModelRanker("\($0)", scaling.file($1.values)) }
        let rows = try trial.run(rankers)
        var best = (stop: first, passes: -1, least: -Double.infinity)
        for (place, stop) in stops.enumerated() {
            let own = rows.filter { $0.ranker == "\(place)" }
            let passes = own.count { $0.passes }
            let least = own.map(\.margin).min() ?? 0
            if passes > best.passes || (passes == best.passes && least > best.least + 0.05) { best = (stop, passes, least) }
        }
        return (best.stop, best.passes)
    }
}
