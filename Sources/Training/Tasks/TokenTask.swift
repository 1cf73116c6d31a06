import StateSpace

/// One sequence with the rows that are judged and the token each should say.
package struct TokenExample: Sendable, Equatable {
    package var tokens: [Int32]
    package var asked: [Int32]
    package var answers: [Int32]

    package init(tokens: [Int32], asked: [Int32], answers: [Int32]) {
        precondition(asked.count == answers.count, "one answer per asked row")
        self.tokens = tokens
        self.asked = asked
        self.answers = answers
    }
}

/// A token network under softmax cross-entropy over its outputs, averaged over the asked rows.
package struct TokenTask: TrainingTask {
    package let shape: TokenShape
    package let layout: ParameterLayout
    private let loss: CrossEntropy
    private let kernels: KernelTable

    package init(_ shape: TokenShape, smoothing: Float = 0, kernels: KernelTable = .best) {
        self.shape = shape
        self.kernels = kernels
        loss = CrossEntropy(smoothing: smoothing, kernels: kernels)
        layout = TokenParameters(shape).layout
    }

    package func initialParameters(embeddingScale: Double = 0.02, seed: UInt64) -> [Float] {
        TokenParameters(shape).initialValues(embeddingScale: embeddingScale, seed: seed)
    }

    package final class Worker {
        let network: TokenNetwork
        let tape: TokenTape
        var slopes: [Float] = []

        init(_ network: TokenNetwork) {
            self.network = network
            tape = network.makeTape()
        }
    }

    package func makeWorker() -> Worker { Worker(TokenNetwork(shape, kernels: kernels, trains: true)) }

    package func load(_ parameters: Floats, into worker: Worker) { worker.network.load(parameters) }

    package func accumulate(
        _ examples: ArraySlice<TokenExample>, worker: Worker, gradients: MutableFloats,
        random: inout SplitMix64
    ) -> LossSum {
        var sum = LossSum()
        for group in passes(examples, worker.network) {
            let (pass, answers) = TokenPass.joining(group)
            let logits = worker.network.forward(pass, tape: worker.tape)
            let outputs = shape.outputs
            if worker.slopes.count < answers.count * outputs {
                worker.slopes = Array(repeating: 0, count: answers.count * outputs)
            }
            worker.slopes.withUnsafeMutableBufferPointer { slopes in
                // Force unwrap: a pass asks for at least one row, so there are slopes.
                let slopes = slopes.baseAddress!
                for (row, answer) in answers.enumerated() {
                    let value = loss(
                        scores: logits + row * outputs, target: Int(answer), count: outputs,
                        gradient: slopes + row * outputs)
                    sum += LossSum(loss: Double(value), weight: 1)
                }
                worker.network.backward(slopes, pass, tape: worker.tape, gradients: gradients)
            }
        }
        return sum
    }

    /// Of the asked rows, how many say their answer.
    package func correct(_ examples: ArraySlice<TokenExample>, worker: Worker) -> (right: Int, asked: Int) {
        var (right, asked) = (0, 0)
        for group in passes(examples, worker.network) {
            let (pass, answers) = TokenPass.joining(group)
            let logits = worker.network.forward(pass, tape: worker.tape)
            for (row, answer) in answers.enumerated() {
                let scores = logits + row * shape.outputs
                let said = (0..<shape.outputs).max { scores[$0] < scores[$1] }
                right += said == Int(answer) ? 1 : 0
            }
            asked += answers.count
        }
        return (right, asked)
    }

    /// A convolution shares its kernels among the sequences of a shard; a recurrence stays in the cache with one.
    private func passes(
        _ examples: ArraySlice<TokenExample>, _ network: TokenNetwork
    ) -> [ArraySlice<TokenExample>] {
        guard !examples.isEmpty else { return [] }
        return network.isConvolved ? [examples] : examples.indices.map { examples[$0...$0] }
    }
}

extension TokenPass {
    fileprivate static func joining(_ examples: ArraySlice<TokenExample>) -> (TokenPass, answers: [Int32]) {
        var tokens: [Int32] = []
        var asked: [Int32] = []
        for example in examples {
            asked += example.asked.map { $0 + Int32(tokens.count) }
            tokens += example.tokens
        }
        let pass = TokenPass(tokens: tokens, lengths: examples.map(\.tokens.count), asked: asked)
        return (pass, examples.flatMap(\.answers))
    }
}
