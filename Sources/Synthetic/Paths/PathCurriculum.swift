/// What a path scorer is shown, and when: four stages, from the patterns alone to lists as they will be met, at 20 dB.
package struct PathCurriculum: Sendable {
    package struct Stage: Sendable {
        package var name: String
        /// Share of the updates.
        package var share: Double
        /// Share of the lists in which one pattern alone decides: an average metric hardly notices a pattern that is lost.
        package var canaries: Double
        package var settings: PathWorldSettings
    }

    package let stages: [Stage]

    /// Ends at 20 dB and not below: a mix down to 5 dB lost patterns (learning.md).
    package static let standard = PathCurriculum(stages: [
        stage("patterns alone", share: 0.25, canaries: 1, decibels: nil, negatives: 0, empty: 0),
        stage("walks", share: 0.2, canaries: 0.6, decibels: 40, negatives: 0, empty: 0.05),
        stage("near misses", share: 0.25, canaries: 0.5, decibels: 30, negatives: 0.5, empty: 0.15),
        stage("as met", share: 0.3, canaries: 0.5, decibels: 20, negatives: 0.4, empty: 0.1),
    ])

    private static func stage(
        _ name: String, share: Double, canaries: Double, decibels: Double?, negatives: Double, empty: Double
    ) -> Stage {
        var settings = PathWorldSettings()
        settings.signalToNoise = decibels
        settings.hardNegatives = negatives
        settings.empty = empty
        return Stage(name: name, share: share, canaries: canaries, settings: settings)
    }

    /// The stage of update `step` of `steps`.
    package func stage(at step: Int, of steps: Int) -> Int {
        var end = 0.0
        for (place, stage) in stages.enumerated() {
            end += stage.share
            if Double(step) < end * Double(steps) - 1e-9 { return place }
        }
        return stages.count - 1
    }
}
