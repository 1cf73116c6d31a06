import Storage

/// One thing that a source yields.
package enum ImportItem: Sendable {
    /// `user`: a scope of its own, where the source has several (conversations).
    case memory(NewMemory, user: String?)
    case event(NewEvent)
    case problem(line: Int?, reason: String)
}

/// A source of memories, read lazily: a file of a gigabyte is never in memory.
package protocol ImportSource {
    /// Records or bytes in all, if known; `unitsDone` counts in the same unit.
    var unitsTotal: Int64? { get }
    /// Calls `body` with every item in order.
    func read(_ body: (_ item: ImportItem, _ unitsDone: Int64) throws -> Void) throws
}
