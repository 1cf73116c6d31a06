import Evaluation
import Foundation
import StateSpace
import Training

/// Trains a network of the next item on a folder, and writes the parameters of its best epoch.
package struct SequenceTraining {
    package struct Options: Sendable {
        package var width = 64
        package var layers = 1
        package var state = 16
        package var expansion = 4
        package var hasItemBias = false
        package var usesGaps = false
        package var dropout = 0.4
        /// Shares of events left out and of sequences reversed while training; without gaps only.
        package var leftOut = 0.0
        package var reversed = 0.0
        /// Of labels; share spread over all items.
        package var smoothing = 0.0
        package var decaysTable = false
        package var learningRate = 1e-3
        package var learningRateFloor = 0.1
        package var weightDecay = 0.01
        package var epochs = 40
        package var batch = 256
        package var maxLength = 50
        package var seed: UInt64 = 1
        package var threads = 2
        /// Hold each user's last trainable event out and keep the epoch that predicts it best; without it all events are
        /// trained on and the last epoch is kept.
        package var holdsOut = true
        /// Epochs without a better one before training stops.
        package var patience = 6
        /// Users of the held-out split that are asked after each epoch.
        package var judges = 6000
        package init() {}
    }

    /// One epoch's end.
    package struct Epoch: Sendable {
        package var number: Int
        package var loss: Double
        package var learningRate: Double
        package var positionsPerSecond: Double
        package var seconds: Double
        package var secondsLeft: Double
        /// On the held-out events; nil without them.
        package var full, sampled: Judgement?
        package var isBest: Bool

        package init(
            number: Int, loss: Double, learningRate: Double, positionsPerSecond: Double, seconds: Double,
            secondsLeft: Double, full: Judgement?, sampled: Judgement?, isBest: Bool
        ) {
            self.number = number
            self.loss = loss
            self.learningRate = learningRate
            self.positionsPerSecond = positionsPerSecond
            self.seconds = seconds
            self.secondsLeft = secondsLeft
            self.full = full
            self.sampled = sampled
            self.isBest = isBest
        }
    }

    package struct Judgement: Sendable {
        package var hitRate10: Double
        package var ndcg10: Double

        package init(hitRate10: Double, ndcg10: Double) {
            self.hitRate10 = hitRate10
            self.ndcg10 = ndcg10
        }
    }

    package struct Result: Sendable {
        package var dataset: String
        package var parameters, sequences, positions: Int
        package var epochs: [Epoch]
        package var best: Int
        package var seconds: Double
        package var path: String

        package init(
            dataset: String, parameters: Int, sequences: Int, positions: Int, epochs: [Epoch], best: Int,
            seconds: Double, path: String
        ) {
            self.dataset = dataset
            self.parameters = parameters
            self.sequences = sequences
            self.positions = positions
            self.epochs = epochs
            self.best = best
            self.seconds = seconds
            self.path = path
        }
    }

    package var folder: String
    package var output: String
    package var checkpoint: String?
    package var resumes = false
    package var options: Options

    package init(folder: String, output: String, options: Options) {
        self.folder = folder
        self.output = output
        self.options = options
    }
}
