import Glibc
import StateSpace
import Training

// Examples per second of training, beside Benchmarks/training_torch.py: same models, batches and settings.
//   Benchmarks/training.sh
// training-bench SECONDS THREADS prints: mneme, model, dispatch level, parameters, examples/s, updates.

let seconds = CommandLine.arguments.dropFirst().first.flatMap(Double.init) ?? 15
let threads = CommandLine.arguments.dropFirst(2).first.flatMap(Int.init) ?? 2

/// Lists of 20 candidates with 17 columns; the largest first column is relevant.
func lists(_ count: Int, _ random: inout SplitMix64) -> [LabelledList] {
    (0..<count).map { _ in
        let rows = (0..<20 * 17).map { _ in Float(random.normal()) }
        let best = (0..<20).max { rows[$0 * 17] < rows[$1 * 17] }
        return LabelledList(rows: rows, labels: (0..<20).map { $0 == best ? 1 : 0 })
    }
}

func measure<Task: TrainingTask>(
    _ name: String, _ task: Task, _ parameters: [Float], _ batches: [[Task.Example]]
) throws {
    var options = Trainer<Task>.Options(rate: LearningRate(peak: 2e-3, totalSteps: 1_000_000, floor: 1))
    options.rule.weightDecay = 0
    options.threads = threads
    let trainer = Trainer(task, parameters: parameters, options: options)
    var source = GeneratedBatches<Task.Example>(name, seed: 1) { index, _ in batches[index % batches.count] }
    for _ in 0..<3 { _ = try trainer.update(from: &source) }
    let clock = ContinuousClock()
    let start = clock.now
    var steps = 0
    while (clock.now - start) / .seconds(1) < seconds {
        _ = try trainer.update(from: &source)
        steps += 1
    }
    let rate = Double(32 * steps) / ((clock.now - start) / .seconds(1))
    print(
        "mneme\t\(name)\t\(KernelTable.best.name)\t\(parameters.count)\t\((rate * 10).rounded() / 10)\t\(steps)")
}

var random = SplitMix64(seed: 1)
let list = ListTask(NetworkShape(inputs: 17, mixer: MixerShape(width: 64), layers: 4))
try measure(
    "list-d64-L4-N16-T20", list, list.initialParameters(seed: 1), (0..<16).map { _ in lists(32, &random) })
let run = TaskRun(task: .induction, block: .mamba, steps: 1)
let induction = TokenTask(run.shape)
try measure(
    "induction-d64-L2-N16-T65", induction, induction.initialParameters(seed: 1),
    (0..<16).map { _ in
        (0..<32).map { _ in SyntheticTask.induction.example(length: 64, forTest: false, using: &random) }
    })
