import Evaluation
import Foundation
import Gate
import Host

/// A gate on worlds that neither it nor its scorers saw, for every subset of the scorers.
package struct JointGateEvaluation: Sendable {
    package struct Request: Sendable, Equatable {
        package var gate: String
        package var mamba: String
        package var paths: String
        package var seed: UInt64 = 7
        package var worlds = 120
        /// Worlds with training's settings.
        package var usesSameSettings = false
        package var resamples = 2000
        package var threads = 2
        /// Simulated users per scorer that starts to lie.
        package var users = 40

        package init(gate: String, mamba: String, paths: String) {
            self.gate = gate
            self.mamba = mamba
            self.paths = paths
        }
    }

    package struct Table: Sendable {
        package var scorers: [String]
        package var subsets: [SubsetFigures]
        package var trust: [TrustFigures]
        package var worlds: Int
        package var lists: Int
        package var emptyLists: Int
        package var seconds: Double

        package init(
            scorers: [String], subsets: [SubsetFigures], trust: [TrustFigures], worlds: Int, lists: Int, emptyLists: Int,
            seconds: Double
        ) {
            self.scorers = scorers
            self.subsets = subsets
            self.trust = trust
            self.worlds = worlds
            self.lists = lists
            self.emptyLists = emptyLists
            self.seconds = seconds
        }

        /// Of DCG@5: a subset may lose this much against its best scorer (learning.md, «Gate»).
        package static let leastRatio = 0.995
        package static let leastArea = 0.84
        package static let largestCalibrationError = 0.02

        /// Every subset ranks at least as well as its best scorer, within the margin.
        package var holds: Bool { subsets.allSatisfy { $0.ratio >= Self.leastRatio } }
        /// Confidence of all scorers together means what it says.
        package var isCalibrated: Bool {
            guard let all = subsets.last, let area = all.confidenceArea else { return false }
            return area >= Self.leastArea && all.calibration.expectedError <= Self.largestCalibrationError
        }
    }

    package var request: Request

    package init(_ request: Request) { self.request = request }

    /// - Throws: `EngineError` for files that can't be read or a gate of other scorers.
    package func run(progress: @escaping @Sendable (_ done: Int) -> Void = { _ in }) throws -> Table {
        let started = ContinuousClock.now
        let weights = try Self.gate(request.gate)
        let scorers = try JointScorers(mamba: request.mamba, paths: request.paths)
        // No training seed leads here.
        let first = 0x6A80_0000_0000 &+ request.seed &* 1_000_000
        let heard = try scorers.hear(
            request.usesSameSettings ? JointSettings() : .other, seeds: first..<first + UInt64(request.worlds),
            threads: request.threads, progress: progress)
        let board = GateBoard(weights, heard, resamples: request.resamples, seed: request.seed)
        let trust = GateTrustTrial(weights, board.lists, users: request.users, seed: request.seed)
        let everyone = weights.shape.everyone
        return Table(
            scorers: weights.shape.scorers.map(\.id),
            subsets: GateBoard.subsets(everyone).map(board.figures),
            trust: weights.shape.scorers.indices.map(trust.figures), worlds: request.worlds, lists: heard.count,
            emptyLists: heard.count { $0.relevant.isEmpty }, seconds: (ContinuousClock.now - started) / .seconds(1))
    }

    private static func gate(_ path: String) throws -> GateWeights {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let weights: GateWeights
        do { weights = try GateWeights.read(bytes, path: path, offered: PlantedColumns.all) } catch {
            throw EngineError(.invalidInput, "\(error)")
        }
        let known = JointScorers.scorers.map(\.id)
        guard weights.shape.scorers.map(\.id) == known else {
            throw EngineError(
                .invalidInput, "\(path) weighs \(weights.shape.scorers.map(\.id).joined(separator: ", ")); planted worlds ask "
                    + known.joined(separator: ", "))
        }
        return weights
    }
}
