import StateSpace
import Testing
import Training

/// The trainable path scorer: hand-derived gradients against differences, and learning that a rule would find.
@Suite struct PathTaskTests {
    /// Lists of four candidates with zero to three paths; the relevant one ends over relation `query`.
    struct Lists: PathListSource {
        let count: Int
        let configuration: PathConfiguration
        var emptyRows = true

        func fill(_ index: Int, into inputs: inout PathInputs) -> Int? {
            var random = SplitMix64(seeds: 17, UInt64(index))
            let query = Int32(1 + random.next() % 3)
            let relevant = Int(random.next() % 3)
            for row in 0..<4 {
                // The last row is the one without a path.
                let paths = row == 3 && emptyRows ? 0 : Int(1 + random.next() % 3)
                for path in 0..<paths {
                    let hops = Int(1 + random.next() % 4)
                    for hop in 1...hops {
                        let other = Int32(1 + (Int(query) + Int(random.next() % 2)) % 3)
                        let isEnd = hop == hops && row == relevant && path == 0
                        inputs.append(
                            columns: configuration.columns.map { _ in Float(random.normal()) },
                            indices: [isEnd ? query : other])
                    }
                    inputs.endPath(hops: hops)
                }
                inputs.endRow(query: [query], heuristic: Float(random.normal()))
            }
            return relevant
        }
    }

    static func configuration(_ noPath: PathConfiguration.NoPath, _ residual: PathConfiguration.Residual) -> PathConfiguration {
        PathConfiguration(
            size: (8, 4, 2), columns: ["a", "b"], hopTables: [.init(column: "r", rows: 4, width: 3)],
            queryTables: [.init(column: "q", rows: 4, width: 2)], noPath: noPath, residual: residual)
    }

    @Test(arguments: [PathConfiguration.NoPath.learned, .abstain], [PathConfiguration.Residual.none, .heuristic])
    func theGradientIsThatOfTheLoss(noPath: PathConfiguration.NoPath, residual: PathConfiguration.Residual) throws {
        let configuration = Self.configuration(noPath, residual)
        let task = PathTask(configuration, lists: Lists(count: 6, configuration: configuration))
        var options = Trainer<PathTask>.Options(rate: LearningRate(peak: 0.001, totalSteps: 10))
        options.threads = 1
        var values = task.initialParameters(seed: 5)
        // Off their special starting values.
        var random = SplitMix64(seed: 9)
        for place in values.indices { values[place] += Float(random.normal() * 0.05) }
        let batch = Array(0..<6)
        let (_, gradient) = Trainer(task, parameters: values, options: options).gradient(of: batch)
        func loss(_ values: [Float]) -> Double { Trainer(task, parameters: values, options: options).gradient(of: batch).loss }
        let scale = gradient.map(abs).max() ?? 0
        for entry in task.layout.entries {
            // The largest of each tensor, and one more.
            let top = entry.range.max { abs(gradient[$0]) < abs(gradient[$1]) } ?? entry.offset
            for place in [top, entry.offset + entry.count / 2] {
                let step: Float = 4e-3
                var (up, down) = (values, values)
                up[place] += step
                down[place] -= step
                let difference = (loss(up) - loss(down)) / Double(up[place] - down[place])
                // Central difference in float32: 1e-3 of the largest gradient, plus rounding of the loss over the step.
                #expect(
                    abs(difference - Double(gradient[place])) < 3e-3 * Double(scale) + 1e-4,
                    "\(entry.name)[\(place - entry.offset)]: \(gradient[place]), by differences \(difference)")
            }
        }
        #expect(gradient.contains { abs($0) > 1e-3 })
    }

    @Test func itLearnsWhichRelationAnswersWhichQuestion() throws {
        let configuration = Self.configuration(.learned, .none)
        var task = PathTask(configuration, lists: Lists(count: 200, configuration: configuration))
        task.nothingRelevant = 0
        let trainer = Trainer(
            task, parameters: task.initialParameters(seed: 1), options: .init(rate: LearningRate(peak: 0.01, totalSteps: 150)))
        var source = ShuffledBatches(Array(0..<200), size: 20, seed: 3)
        var losses: [Double] = []
        while trainer.step < 150 { losses.append(try trainer.update(from: &source).loss) }
        // Five candidates, the null one among them: ln 5 = 1.6 knows nothing.
        #expect(losses[0] > 1.2)
        #expect(losses.suffix(10).reduce(0, +) / 10 < 0.25, "\(losses.suffix(10))")
    }

    @Test func anyNumberOfThreadsTrainsTheSameBits() throws {
        let configuration = Self.configuration(.learned, .none)
        let task = PathTask(configuration, lists: Lists(count: 40, configuration: configuration))
        func run(threads: Int) throws -> [Float] {
            var options = Trainer<PathTask>.Options(rate: LearningRate(peak: 0.01, totalSteps: 8))
            options.threads = threads
            let trainer = Trainer(task, parameters: task.initialParameters(seed: 2), options: options)
            var source = ShuffledBatches(Array(0..<40), size: 10, seed: 3)
            while trainer.step < 8 { _ = try trainer.update(from: &source) }
            return trainer.parameters.array
        }
        let once = try run(threads: 1)
        let twice = try run(threads: 3)
        #expect(zip(once, twice).allSatisfy { $0.bitPattern == $1.bitPattern })
    }
}
