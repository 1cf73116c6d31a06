import Storage

/// Reads a source into the store, batch by batch. What `onCommit` names survives `kill -9`.
package struct ImportRun {
    package struct Totals: Sendable {
        package var read = 0
        package var added = 0
        package var unchanged = 0
        package var rejected = 0
        package var events = 0
    }

    let engine: Engine
    package var scope: Scope
    package var batchSize = 1000
    package var limit: Int?

    package init(engine: Engine, scope: Scope) {
        self.engine = engine
        self.scope = scope
    }

    package func run(
        _ source: any ImportSource, onProgress: (_ totals: Totals, _ unitsDone: Int64) -> Void, onCommit: (_ totals: Totals) -> Void,
        onProblem: (_ line: Int?, _ reason: String) -> Void
    ) throws -> Totals {
        var totals = Totals()
        var batch: [NewMemory] = []
        var batchScope = scope
        var events: [NewEvent] = []
        func flush() throws {
            if !batch.isEmpty {
                let report = try engine.add(batch, scope: batchScope)
                totals.added += report.added.count
                totals.unchanged += report.unchanged.count
                totals.rejected += report.failed.count
                for failure in report.failed { onProblem(nil, "\(batch[failure.index].id ?? "a record"): \(failure.reason)") }
                batch.removeAll(keepingCapacity: true)
            }
            if !events.isEmpty {
                totals.events += try Engine.translating { try engine.store.insert(events, scope: scope) }
                events.removeAll(keepingCapacity: true)
            }
            onCommit(totals)
        }
        struct Enough: Error {}
        do {
            try source.read { item, unitsDone in
                switch item {
                case .memory(let memory, let user):
                    let wanted = user.map { Scope(user: $0, agent: scope.agent) } ?? scope
                    if wanted != batchScope, !batch.isEmpty { try flush() }
                    batchScope = wanted
                    batch.append(memory)
                    totals.read += 1
                    if batch.count >= batchSize {
                        try flush()
                        onProgress(totals, unitsDone)
                    }
                    if let limit, totals.read >= limit { throw Enough() }
                case .event(let event):
                    events.append(event)
                case .problem(let line, let reason):
                    totals.rejected += 1
                    onProblem(line, reason)
                }
            }
        } catch is Enough {}
        try flush()
        return totals
    }
}
