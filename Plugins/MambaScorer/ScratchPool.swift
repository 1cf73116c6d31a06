import StateSpace
import Synchronization

/// Scratches that calls borrow: turns may run at the same time, and none should allocate after the first.
final class ScratchPool: @unchecked Sendable {
    // @unchecked Sendable: a scratch is either in the list, under its lock, or with the one call that took it.
    private let model: SequenceScorer
    private let free = Mutex<[Box]>([])

    private struct Box: @unchecked Sendable {
        // @unchecked Sendable: as above.
        let scratch: ScorerScratch
    }

    init(_ model: SequenceScorer) { self.model = model }

    func take() -> ScorerScratch { free.withLock { $0.popLast() }?.scratch ?? ScorerScratch(model) }

    func give(_ scratch: ScorerScratch) {
        let box = Box(scratch: scratch)
        free.withLock { $0.append(box) }
    }
}
