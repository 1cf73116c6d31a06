import StateSpace

/// Where batches come from. A batch depends on its index alone, not on what was asked before: a resumed run needs to
/// remember nothing else.
package protocol BatchSource<Example> {
    associatedtype Example
    /// Batch `index`, counted from 0 over the whole run.
    mutating func batch(_ index: Int) -> [Example]
    func place(of index: Int) -> BatchPlace
    /// Two sources that give the same batches say the same; a checkpoint of another source is refused.
    var identity: String { get }
}

package struct BatchPlace: Sendable, Equatable {
    package var epoch: Int
    /// Batches of the epoch that came before.
    package var position: Int

    package init(epoch: Int, position: Int) {
        self.epoch = epoch
        self.position = position
    }
}

/// Examples shuffled anew in each epoch, ragged ones in buckets where asked.
package struct ShuffledBatches<Example>: BatchSource {
    /// Sequences of like length side by side: shuffled examples are sorted by length within runs of `batches` batches,
    /// then the batches are shuffled.
    package struct Buckets {
        package var batches: Int
        package var length: (Example) -> Int

        package init(batches: Int = 32, length: @escaping (Example) -> Int) {
            self.batches = batches
            self.length = length
        }
    }

    private let examples: [Example]
    private let size: Int
    private let seed: UInt64
    private let buckets: Buckets?
    /// The cut of the last epoch asked for.
    private var epoch: (number: Int, batches: [[Int]])?

    package init(_ examples: [Example], size: Int, seed: UInt64, buckets: Buckets? = nil) {
        precondition(!examples.isEmpty && size > 0, "an epoch has at least one batch of at least one example")
        self.examples = examples
        self.size = size
        self.seed = seed
        self.buckets = buckets
    }

    /// The last batch of an epoch may be smaller.
    package var batchesPerEpoch: Int { (examples.count + size - 1) / size }
    package var identity: String {
        "\(examples.count) examples, batches of \(size), seed \(seed)"
            + (buckets.map { ", buckets over \($0.batches) batches" } ?? "")
    }

    package func place(of index: Int) -> BatchPlace {
        BatchPlace(epoch: index / batchesPerEpoch, position: index % batchesPerEpoch)
    }

    package mutating func batch(_ index: Int) -> [Example] {
        let place = place(of: index)
        if epoch?.number != place.epoch { epoch = (place.epoch, cut(place.epoch)) }
        return epoch?.batches[place.position].map { examples[$0] } ?? []
    }

    private func cut(_ epoch: Int) -> [[Int]] {
        var random = SplitMix64(seeds: seed, UInt64(epoch))
        let order = examples.indices.shuffled(using: &random)
        guard let buckets else { return chunks(order, of: size) }
        let sorted = chunks(order, of: size * buckets.batches).flatMap { run in
            // Equal lengths keep their shuffled order: Swift's sort is stable.
            run.sorted { buckets.length(examples[$0]) < buckets.length(examples[$1]) }
        }
        return chunks(sorted, of: size).shuffled(using: &random)
    }

    private func chunks(_ order: [Int], of size: Int) -> [[Int]] {
        stride(from: 0, to: order.count, by: size).map { Array(order[$0..<min($0 + size, order.count)]) }
    }
}

/// Examples made for the moment, without end: synthetic tasks. There are no epochs.
package struct GeneratedBatches<Example>: BatchSource {
    private let seed: UInt64
    private let make: (Int, inout SplitMix64) -> [Example]
    package let identity: String

    /// `make` gets the batch's index (a curriculum depends on it) and random numbers of its own.
    package init(
        _ name: String, seed: UInt64, make: @escaping (_ index: Int, inout SplitMix64) -> [Example]
    ) {
        self.seed = seed
        self.make = make
        identity = "\(name), seed \(seed)"
    }

    package func place(of index: Int) -> BatchPlace { BatchPlace(epoch: 0, position: index) }

    package func batch(_ index: Int) -> [Example] {
        var random = SplitMix64(seeds: seed, UInt64(index))
        return make(index, &random)
    }
}
