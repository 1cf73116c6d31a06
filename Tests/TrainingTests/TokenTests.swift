import Glibc
import StateSpace
import Testing
import Training

/// Token networks over every block, and the tasks they are taught.
@Suite struct TokenTests {
    static let blocks: [SequenceBlock] = [
        .mamba(MixerShape(width: 8, state: 4)), .s4d(width: 8, stateSize: 6),
        .mamba3(Mamba3Shape(width: 8, state: 8, headWidth: 8), rotates: true),
        .mamba3(Mamba3Shape(width: 8, state: 8, headWidth: 8, decay: .softplus), rotates: false),
    ]

    static func trainer(_ block: SequenceBlock, threads: Int) -> Trainer<TokenTask> {
        let task = TokenTask(
            TokenShape(vocabulary: 16, outputs: 16, layers: 2, block: block), smoothing: 0.1)
        var options = Trainer<TokenTask>.Options(rate: LearningRate(peak: 2e-3, totalSteps: 10, floor: 1))
        options.threads = threads
        options.rule.weightDecay = 0
        // An embedding of ordinary size: small ones bend the norm more than a difference quotient can follow.
        return Trainer(
            task, parameters: task.initialParameters(embeddingScale: 0.7, seed: 4), options: options)
    }

    static func examples(_ count: Int) -> [TokenExample] {
        var random = SplitMix64(seed: 6)
        return (0..<count).map { number in
            let task: SyntheticTask = number % 2 == 0 ? .induction : .selectiveCopying
            return task.example(length: 9 + number, forTest: false, using: &random)
        }
    }

    @Test(arguments: blocks) func theGradientIsTheSlopeOfTheMeanLoss(_ block: SequenceBlock) {
        let trainer = Self.trainer(block, threads: 2)
        let batch = Self.examples(6)
        let gradient = trainer.gradient(of: batch).gradient
        let frozen = TokenParameters(trainer.task.shape).frozen
        for entry in trainer.task.layout.entries {
            var random = SplitMix64(seed: 9)
            let direction = entry.range.map { index in
                frozen.contains { $0.contains(index) } ? 0 : Float(random.normal())
            }
            let start = trainer.parameters[entry]
            func loss(_ step: Float) -> Double {
                for (index, value) in start.enumerated() {
                    trainer.parameters.start[entry.offset + index] = value + step * direction[index]
                }
                return trainer.gradient(of: batch).loss
            }
            let h = 5e-3 / sqrt(direction.reduce(0) { $0 + $1 * $1 })
            let slope = (loss(h) - loss(-h)) / Double(2 * h)
            _ = loss(0)
            var analytic = 0.0
            for (index, part) in zip(entry.range, direction) { analytic += Double(gradient[index] * part) }
            // float32 losses: 1e-7 of rounding over a step of 5e-3 per direction.
            let allowed = 1e-3 * Double(1 / (h * 200)) + 5e-3 * abs(analytic)
            #expect(abs(slope - analytic) < allowed, "\(entry.name): \(slope), \(analytic)")
        }
    }

    @Test(arguments: blocks) func aRunIsTheSameOnOneAndTwoThreads(_ block: SequenceBlock) throws {
        let (alone, both) = (Self.trainer(block, threads: 1), Self.trainer(block, threads: 2))
        var source = SyntheticTask.induction.batches(size: 6, steps: 10, seed: 1)
        for _ in 0..<3 { #expect(try alone.update(from: &source) == both.update(from: &source)) }
        #expect(alone.parameters.array == both.parameters.array)
    }

    @Test func withoutRotationTheAnglesStayAtZero() throws {
        let trainer = Self.trainer(Self.blocks[3], threads: 2)
        var source = SyntheticTask.induction.batches(size: 6, steps: 10, seed: 1)
        try trainer.run(&source, until: 5)
        let frozen = TokenParameters(trainer.task.shape).frozen
        #expect(frozen.count == 2)
        for range in frozen { #expect(range.allSatisfy { trainer.parameters.start[$0] == 0 }) }
    }

    @Test func theModelsHaveTheSizesOfTheCalibration() {
        func parameters(_ block: TaskRun.Block) -> Int {
            TokenParameters(TaskRun(task: .induction, block: block, steps: 1).shape).layout.count
        }
        #expect(parameters(.mamba) == 67_520)
        #expect(parameters(.s4d) == 35_712)
    }

    @Test func inductionAsksForWhatFollowedTheFirstCue() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<200 {
            let example = SyntheticTask.induction.example(length: 20, forTest: false, using: &random)
            #expect(example.tokens.count == 21 && example.tokens[20] == 15 && example.asked == [20])
            let first = example.tokens.firstIndex(of: 15) ?? 20
            #expect(first < 20 && example.tokens[first + 1] == example.answers[0])
            #expect(example.tokens.count { $0 == 15 } == 2 || example.answers == [15])
        }
    }

    @Test func selectiveCopyingAsksForTheDataInOrder() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<100 {
            let example = SyntheticTask.selectiveCopying.example(length: 30, forTest: false, using: &random)
            #expect(example.tokens.prefix(30).filter { $0 != 0 } == example.answers)
            #expect(example.tokens.suffix(8).allSatisfy { $0 == 15 } && example.asked == Array(30..<38))
        }
    }

    @Test func parityIsJudgedAfterEveryBitAndTestedAtTheLast() {
        var random = SplitMix64(seed: 2)
        let example = SyntheticTask.parity.example(length: 30, forTest: false, using: &random)
        for (row, answer) in zip(example.asked, example.answers) {
            let ones = example.tokens[1...Int(row)].count { $0 == 1 }
            #expect(Int(answer) == ones % 2)
        }
        #expect(example.tokens[0] == 2 && example.asked.count == 30)
        #expect(SyntheticTask.parity.example(length: 30, forTest: true, using: &random).asked == [30])
    }

    @Test func theCurriculumGrowsFromThreeToForty() {
        let source = SyntheticTask.parity.batches(size: 200, steps: 100, seed: 1)
        func lengths(_ index: Int) -> [Int] { source.batch(index).map { $0.tokens.count - 1 } }
        #expect(Set(lengths(0)) == [3])
        #expect(lengths(25).max() ?? 0 <= 21 && lengths(25).max() ?? 0 > 15)
        #expect(lengths(90).max() == 40 && lengths(90).min() == 3)
    }

    @Test func aRunMayBeResumedToGoFurtherUnlessACurriculumCountsItsSteps() {
        func identity(_ task: SyntheticTask, _ steps: Int) -> String {
            task.batches(size: 32, steps: steps, seed: 1).identity
        }
        #expect(identity(.induction, 10) == identity(.induction, 20))
        #expect(identity(.parity, 10) != identity(.parity, 20))
    }

    @Test func aShortRunWritesItsWeightsAndItsCurve() throws {
        let path = "/tmp/mneme-task-\(getpid()).safetensors"
        defer { unlink(path) }
        var run = TaskRun(task: .parity, block: .mamba3, steps: 4)
        run.interval = 2
        run.testExamples = 8
        var points: [TaskRun.Point] = []
        let report = try run.run(TaskRun.Files(weights: path), onPoint: { points.append($0) })
        #expect(points.map(\.step) == [2, 4] && report.steps == 4)
        #expect(report.tests.map(\.length) == SyntheticTask.parity.testLengths)
        let file = try SafetensorsFile(path: path)
        #expect(file.metadata["block"] == "mamba3")
        #expect(try TokenParameters(run.shape).layout.read(file).count == report.parameters)
    }
}
