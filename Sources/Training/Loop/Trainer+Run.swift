import StateSpace

/// Where a run stands, for a progress line.
package struct TrainingProgress: Sendable {
    package var report: StepReport
    package var steps: Int
    package var place: BatchPlace
    /// Since the run began or was resumed.
    package var examplesPerSecond: Double
    package var seconds: Double
    package var secondsLeft: Double
}

/// Where and how often a run is saved.
package struct CheckpointPlan: Sendable {
    package var path: String
    /// In updates; the last is always saved.
    package var interval: Int

    package init(path: String, interval: Int = 500) {
        self.path = path
        self.interval = interval
    }
}

extension Trainer {
    /// Updates until `steps` were made in all; `onStep` returns false to stop.
    package func run<Source: BatchSource>(
        _ source: inout Source, until steps: Int, checkpoint: CheckpointPlan? = nil,
        onStep: (TrainingProgress) throws -> Bool = { _ in true }
    ) throws where Source.Example == Task.Example {
        let clock = ContinuousClock()
        let start = clock.now
        let first = step
        var examples = 0
        var goesOn = true
        while step < steps && goesOn {
            let report = try update(from: &source)
            examples += report.examples
            let seconds = (clock.now - start) / .seconds(1)
            goesOn = try onStep(
                TrainingProgress(
                    report: report, steps: steps, place: source.place(of: step * options.accumulation),
                    examplesPerSecond: Double(examples) / max(seconds, 1e-9), seconds: seconds,
                    secondsLeft: seconds / Double(step - first) * Double(steps - step)))
            if let checkpoint, step % checkpoint.interval == 0 || step == steps || !goesOn {
                try save(to: checkpoint.path, source)
            }
        }
    }
}
