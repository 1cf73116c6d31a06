import Synchronization

/// States that live as long as the process: what a host without a store uses.
package final class MemoryStates: StateStore {
    private let kept = Mutex<[String: [UInt8]]>([:])

    package init() {}

    package func state(scorer: String, session: UInt64) -> [UInt8]? { kept.withLock { $0["\(scorer) \(session)"] } }

    package func keep(_ envelope: [UInt8], scorer: String, session: UInt64, sequence: UInt64) {
        kept.withLock { $0["\(scorer) \(session)"] = envelope }
    }
}
