import PluginABI
import Wire

/// A scorer in a worker, loaded and made: the subject of the gate and of `plugin check`.
package final class TrialScorer: TrialSubject {
    package let worker: TrialWorker
    package let facts: TrialFacts

    /// Starts, loads, makes.
    ///
    /// - Parameter wantedHeads: bits of the manifest's heads.
    package init(_ plan: TrialWorker.Plan, wantedHeads: UInt32) throws(TrialFailure) {
        worker = try TrialWorker(plan)
        let loaded = try worker.load()
        if let problem = loaded.problem(plan.manifest) { throw .unfit(problem) }
        // A foreign function is wrapped by the worker: there the code is ours, and it was looked at when it was found.
        if plan.foreign == nil, let foreign = loaded.foreignCode(plan.libraryPath) { throw .unfit(LoadError(.entry, "\(foreign): other code would run")) }
        try worker.create()
        facts = Self.facts(worker, wantedHeads: wantedHeads)
    }

    package static func facts(_ worker: TrialWorker, wantedHeads: UInt32) -> TrialFacts {
        let table = worker.table
        let offered = worker.info.heads == 0 ? 1 : worker.info.heads
        return TrialFacts(
            manifest: worker.plan.manifest, headMask: wantedHeads & offered, partCount: Int(worker.info.part_count),
            stateVersion: worker.info.state_version, offersSessions: table.session_open != nil,
            offersAdvance: table.advance != nil, offersState: table.export_state != nil && table.import_state != nil,
            maxRows: Int(worker.plan.order.maxRows))
    }

    package func score(_ probe: ProbeBatch, session: UInt64?) throws(TrialFailure) -> ProbeAnswer {
        try worker.score(probe, session: session)
    }
    package func openSession(_ key: UInt64) throws(TrialFailure) { try worker.openSession(key) }
    package func closeSession(_ key: UInt64) throws(TrialFailure) { try worker.closeSession(key) }
    package func advance(_ key: UInt64, _ events: ProbeEvents) throws(TrialFailure) { try worker.advance(key, events) }
    package func exportState(_ key: UInt64?) throws(TrialFailure) -> [UInt8] { try worker.exportState(key) }
    package func importState(_ key: UInt64?, version: UInt32, _ bytes: [UInt8]) throws(TrialFailure) {
        try worker.importState(key, version: version, bytes)
    }
}
