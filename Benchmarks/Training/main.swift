import Glibc
import StateSpace
import Training

// training-bench task <task> <block> <steps> <seed> [rate] [batch] [no-rotation]: an experiment, printed as it goes.
let arguments = CommandLine.arguments
guard arguments.count >= 6, let task = SyntheticTask(rawValue: arguments[2]),
    let block = TaskRun.Block(rawValue: arguments[3]), let steps = Int(arguments[4]),
    let seed = UInt64(arguments[5])
else { fatalError("usage") }
var run = TaskRun(task: task, block: block, steps: steps)
run.seed = seed
if arguments.count > 6, let rate = Double(arguments[6]) { run.learningRate = rate }
if arguments.count > 7, let batch = Int(arguments[7]) { run.batch = batch }
if arguments.count > 8, let floor = Double(arguments[8]) { run.rateFloor = floor }
if arguments.count > 9, let decay = Double(arguments[9]) { run.weightDecay = decay }
func env(_ name: String, _ value: Int) -> Int { getenv(name).flatMap { Int(String(cString: $0)) } ?? value }
run.mamba3 = Mamba3Shape(
    width: env("D", 32), inner: env("E", 64), state: env("N", 16), headWidth: env("P", 16), angles: env("M", env("N", 16) / 4), decay: env("SOFT", 0) == 1 ? .softplus : .heavy)
run.smoothing = Float(env("S", 0)) / 100
run.embeddingScale = Double(env("EMB", 2)) / 100
run.rotates = !arguments.contains("no-rotation")
let report = try run.run { _ in } onPoint: { point in
    print(point.step, point.loss, point.accuracy, point.seconds)
}
print(report)
