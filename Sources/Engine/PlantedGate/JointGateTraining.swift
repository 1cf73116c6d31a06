import Foundation
import Gate
import Host
import Training

/// Trains the gate that ships: what the real scorers say of planted worlds, and which rows were wanted.
package struct JointGateTraining: Sendable {
    package struct Request: Sendable, Equatable {
        /// Where the gate goes, and the weights of those it will weigh.
        package var output: String
        package var mamba: String
        package var paths: String
        package var seed: UInt64 = 1
        /// Worlds to train on, and those with other settings by which the stopping point is chosen and to which the confidence
        /// is fitted.
        package var worlds = 300
        package var heldOutWorlds = 100
        /// Updates at most.
        package var steps = 3000
        package var threads = 2

        package init(output: String, mamba: String, paths: String) {
            self.output = output
            self.mamba = mamba
            self.paths = paths
        }
    }

    package struct Progress: Sendable {
        /// "worlds", then "updates".
        package var stage: String
        package var done: Int
        package var total: Int
        /// Of an update's lists.
        package var loss: Double?
    }

    package struct Summary: Sendable {
        package var output: String
        /// Of the file, for the pin in plugins.json.
        package var sha256: String
        package var parameters: Int
        package var lists: Int
        /// Lists in which nothing was relevant.
        package var emptyLists: Int
        package var steps: Int
        /// The update whose numbers were kept.
        package var bestStep: Int
        /// On held-out worlds over every subset of scorers: (update, loss).
        package var curve: [(step: Int, loss: Double)]
        /// Of asking the scorers, and of the whole.
        package var askingSeconds: Double
        package var seconds: Double

        package init(
            output: String, sha256: String, parameters: Int, lists: Int, emptyLists: Int, steps: Int, bestStep: Int,
            curve: [(step: Int, loss: Double)], askingSeconds: Double, seconds: Double
        ) {
            self.output = output
            self.sha256 = sha256
            self.parameters = parameters
            self.lists = lists
            self.emptyLists = emptyLists
            self.steps = steps
            self.bestStep = bestStep
            self.curve = curve
            self.askingSeconds = askingSeconds
            self.seconds = seconds
        }
    }

    package var request: Request

    package init(_ request: Request) { self.request = request }

    /// Seeds of worlds: far from those on which scorers are trained and measured, a million apart per run.
    static func trainingSeeds(_ seed: UInt64, _ worlds: Int) -> Range<UInt64> {
        let first = 0x6A7E_0000_0000 &+ seed &* 1_000_000
        return first..<first + UInt64(worlds)
    }

    private static func heldOutSeeds(_ seed: UInt64, _ worlds: Int) -> Range<UInt64> {
        let first = 0x6A7F_0000_0000 &+ seed &* 1_000_000
        return first..<first + UInt64(worlds)
    }

    /// - Throws: `EngineError` for weights that planted worlds can't ask, the system's for a file that can't be written.
    package func run(progress: @escaping @Sendable (Progress) -> Void = { _ in }) throws -> Summary {
        let started = ContinuousClock.now
        let scorers = try JointScorers(mamba: request.mamba, paths: request.paths)
        let total = request.worlds + request.heldOutWorlds
        func hear(_ settings: JointSettings, _ seeds: Range<UInt64>, after before: Int) throws -> [HeardList] {
            try scorers.hear(settings, seeds: seeds, threads: request.threads) { done in
                progress(Progress(stage: "worlds", done: before + done, total: total, loss: nil))
            }
        }
        let heard = try hear(JointSettings(), Self.trainingSeeds(request.seed, request.worlds), after: 0)
        let judged = try hear(.other, Self.heldOutSeeds(request.seed, request.heldOutWorlds), after: request.worlds)
        guard !heard.isEmpty else { throw EngineError(.invalidInput, "\(request.worlds) worlds had no list") }
        let asking = (ContinuousClock.now - started) / .seconds(1)
        let shape = HeardList.shape(fittedTo: heard)
        var training = GateTraining()
        training.steps = request.steps
        training.learningRate = 0.01
        training.seed = request.seed
        training.threads = request.threads
        let fit = try PlantedPathTraining.translating {
            try training.fit(
                heard.map { $0.list(shape) }, heldOut: judged.map { $0.list(shape) }, shape, trainingHash: try setupHash()
            ) { step, loss in
                progress(Progress(stage: "updates", done: step, total: request.steps, loss: loss))
            }
        }
        let hash = try GateWriter.write(fit.weights, to: request.output)
        return Summary(
            output: request.output, sha256: hash, parameters: fit.weights.parameters.count, lists: heard.count,
            emptyLists: heard.count { $0.relevant.isEmpty }, steps: fit.steps, bestStep: fit.bestStep, curve: fit.curve,
            askingSeconds: asking, seconds: (ContinuousClock.now - started) / .seconds(1))
    }

    /// Of all that the numbers depend on: another scorer's weights or other worlds make another gate.
    private func setupHash() throws -> String {
        let hashes = try [request.mamba, request.paths].map {
            SHA256.hexadecimal(of: Array(try Data(contentsOf: URL(fileURLWithPath: $0))))
        }
        let setup =
            ["planted gate", "seed \(request.seed)", "\(request.worlds)+\(request.heldOutWorlds) worlds", "\(request.steps) updates"]
            + hashes
        return SHA256.hexadecimal(of: Array(setup.joined(separator: "\n").utf8))
    }
}

extension HeardList {
    /// Scorers and columns of a gate, columns brought near the unit by what these lists have.
    static func shape(fittedTo lists: [HeardList]) -> GateShape {
        GateShape(
            scorers: JointScorers.scorers,
            columns: columnNames.enumerated().map { place, name in
                .init(name: name, fittedTo: lists.flatMap { $0.columns[place] })
            })
    }

    func list(_ shape: GateShape) -> GateList {
        GateList(rows: rows(shape), labels: clean.indices.map { relevant.contains($0) ? 1 : 0 })
    }
}
