import StateSpace
import Synthetic
import Training

/// Lists of planted worlds, stage by stage, made when they are asked for: list `index` is that of update
/// `index / batch`.
struct PlantedPathSource: PathListSource {
    let batch: Int
    let steps: Int
    private let curriculum: PathCurriculum
    private let seed: UInt64
    /// Per stage.
    private let worlds: [[PathWorld]]
    private(set) var inputs: PlantedPathInputs

    /// Worlds of one stage; more than a thousand teach nothing more (learning.md).
    private static let worldCount = 400

    var count: Int { steps * batch }

    init(_ configuration: PathConfiguration, curriculum: PathCurriculum, steps: Int, batch: Int, seed: UInt64) {
        self.batch = batch
        self.steps = steps
        self.curriculum = curriculum
        self.seed = seed
        worlds = curriculum.stages.enumerated().map { number, stage in
            (0..<Self.worldCount).map { world in
                var random = SplitMix64(seeds: seed, 0x9A7B, UInt64(number), UInt64(world))
                return PathWorld(seed: random.next(), settings: stage.settings)
            }
        }
        inputs = PlantedPathInputs(configuration)
        let last = (0..<min(400, count)).map { list(count - 1 - $0) }
        inputs.measure(last)
    }

    /// The list of an index, the same whenever and on whatever thread it is asked for.
    func list(_ index: Int) -> PlantedPathList {
        let number = curriculum.stage(at: index / batch, of: steps)
        var random = SplitMix64(seeds: seed, 0x115_7, UInt64(index))
        let world = worlds[number][Int(random.next() % UInt64(Self.worldCount))]
        guard random.unit() < curriculum.stages[number].canaries else { return world.list(index) }
        let pattern = PathPattern.allCases[Int(random.next() % UInt64(PathPattern.allCases.count))]
        return PathCanary(pattern, in: world).list(index)
    }

    func fill(_ index: Int, into inputs: inout PathInputs) -> Int? {
        let list = list(index)
        self.inputs.append(list, to: &inputs)
        return list.noisyRelevant
    }
}
