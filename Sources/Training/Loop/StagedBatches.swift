/// A curriculum: sources one after the other, each for so many batches; the last goes on without end.
package struct StagedBatches<Example>: BatchSource {
    package struct Stage {
        package var batches: Int
        package var source: ShuffledBatches<Example>

        package init(batches: Int, source: ShuffledBatches<Example>) {
            self.batches = batches
            self.source = source
        }
    }

    private var stages: [Stage]

    package init(_ stages: [Stage]) {
        precondition(!stages.isEmpty && stages.allSatisfy { $0.batches > 0 }, "a curriculum has stages, a stage has batches")
        self.stages = stages
    }

    package var identity: String { stages.map { "\($0.batches) of (\($0.source.identity))" }.joined(separator: ", ") }

    /// Number of the stage and of the batch in it.
    private func locate(_ index: Int) -> (stage: Int, batch: Int) {
        var left = index
        for stage in stages.indices.dropLast() {
            if left < stages[stage].batches { return (stage, left) }
            left -= stages[stage].batches
        }
        return (stages.count - 1, left)
    }

    /// The epoch is the stage's.
    package func place(of index: Int) -> BatchPlace {
        let (stage, batch) = locate(index)
        return stages[stage].source.place(of: batch)
    }

    package mutating func batch(_ index: Int) -> [Example] {
        let (stage, batch) = locate(index)
        return stages[stage].source.batch(batch)
    }
}
