import StateSpace
import Synchronization

/// What one call writes on.
final class Desk {
    let activations: PathActivations
    var inputs = PathInputs()

    init(_ configuration: PathConfiguration) { activations = PathActivations(configuration) }
}

/// Desks that no call is using: one per thread that was ever in at once, so a call allocates nothing after the first.
final class DeskPool: @unchecked Sendable {
    // @unchecked Sendable: the list is behind the lock, and a desk is in it or at one caller, never both.
    private let configuration: PathConfiguration
    private let lock = Mutex(())
    private var free: [Desk] = []

    init(_ configuration: PathConfiguration) { self.configuration = configuration }

    func take() -> Desk { lock.withLock { _ in free.popLast() } ?? Desk(configuration) }
    func give(_ desk: Desk) { lock.withLock { _ in free.append(desk) } }
}
