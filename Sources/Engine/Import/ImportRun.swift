import Host
import Storage

/// Reads a source into the store, batch by batch. What `onCommit` names survives `kill -9`.
package struct ImportRun {
    package struct Totals: Sendable {
        package var read = 0
        package var added = 0
        package var unchanged = 0
        package var rejected = 0
        package var events = 0
        /// Attributes and dependencies of a graph.
        package var statements = 0
    }

    let engine: Engine
    package var scope: Scope
    package var batchSize = 1000
    package var limit: Int?
    /// Vectors are stored as float16.
    package var storesFloat16 = false

    package init(engine: Engine, scope: Scope) {
        self.engine = engine
        self.scope = scope
    }

    package func run(
        _ reader: any ImportReader, onProgress: (_ totals: Totals, _ progress: ImportProgress) -> Void,
        onCommit: (_ totals: Totals) -> Void, onProblem: (_ line: Int?, _ reason: String) -> Void
    ) throws -> Totals {
        var totals = Totals()
        var batch = Batch(scope: scope)
        var scopesWithEvents: Set<Scope> = []
        func flush() throws {
            // Also those that were there already: an import that was interrupted didn't come to count them.
            if !batch.events.isEmpty { scopesWithEvents.insert(batch.scope) }
            let report = try engine.write(batch)
            totals.added += report.added
            totals.unchanged += report.unchanged
            totals.rejected += report.failed.count
            totals.events += report.events
            totals.statements += report.statements
            for reason in report.failed { onProblem(nil, reason) }
            batch.removeAll()
            onCommit(totals)
            onProgress(totals, reader.progress)
        }
        while let item = try next(reader) {
            if case .problem(let problem) = item {
                totals.rejected += problem.severity == .skipped ? 1 : 0
                onProblem(
                    problem.line, [problem.key, problem.message].compactMap(\.self).joined(separator: ": "))
                continue
            }
            let wanted = item.scopeHint?.scope(over: scope) ?? scope
            if wanted != batch.scope || batch.count >= batchSize {
                if !batch.isEmpty { try flush() }
                batch.scope = wanted
            }
            batch.append(storesFloat16 ? item.withFloat16 : item)
            if case .memory = item { totals.read += 1 }
            if let limit, totals.read >= limit { break }
        }
        try flush()
        for scope in scopesWithEvents { try engine.countEvents(scope: scope) }
        return totals
    }

    private func next(_ reader: any ImportReader) throws -> ImportItem? {
        let result = Result { () throws(ImportError) in try reader.next() }
        switch result {
        case .success(let item): return item
        case .failure(let error): throw EngineError(.invalidInput, error.description)
        }
    }

    /// What goes into one transaction each: memories, then the events and the graph that may name them.
    struct Batch {
        var scope: Scope
        var memories: [NewMemory] = []
        var events: [NewEvent] = []
        var attributes: [NewAttribute] = []
        var dependencies: [NewDependency] = []

        init(scope: Scope) { self.scope = scope }

        var isEmpty: Bool { count == 0 }
        var count: Int { memories.count + events.count + attributes.count + dependencies.count }

        mutating func append(_ item: ImportItem) {
            switch item {
            case .memory(let memory, _): memories.append(memory)
            case .event(let event, _): events.append(event)
            case .attribute(let attribute, _): attributes.append(attribute)
            case .dependency(let dependency, _): dependencies.append(dependency)
            case .problem: break
            }
        }

        mutating func removeAll() {
            memories.removeAll(keepingCapacity: true)
            events.removeAll(keepingCapacity: true)
            attributes.removeAll(keepingCapacity: true)
            dependencies.removeAll(keepingCapacity: true)
        }
    }
}

extension ImportItem {
    var withFloat16: ImportItem {
        guard case .memory(var memory, let hint) = self else { return self }
        for index in memory.embeddings.indices { memory.embeddings[index].isHalfPrecision = true }
        return .memory(memory, scopeHint: hint)
    }

    var scopeHint: ScopeHint? {
        switch self {
        case .memory(_, let hint), .event(_, let hint), .attribute(_, let hint), .dependency(_, let hint):
            hint
        case .problem: nil
        }
    }
}

extension Engine {
    /// Writes a batch; memories without a vector get one from the configured embedder.
    func write(_ batch: ImportRun.Batch) throws -> (
        added: Int, unchanged: Int, failed: [String], events: Int, statements: Int
    ) {
        var failed: [String] = []
        var (added, unchanged, events, statements) = (0, 0, 0, 0)
        if !batch.memories.isEmpty {
            let report = try add(batch.memories, scope: batch.scope)
            (added, unchanged) = (report.added.count, report.unchanged.count)
            failed = report.failed.map { "\(batch.memories[$0.index].id ?? "a record"): \($0.reason)" }
        }
        try Self.translating {
            if !batch.events.isEmpty { events = try store.insert(batch.events, scope: batch.scope) }
            statements = try store.insert(
                attributes: batch.attributes, dependencies: batch.dependencies, scope: batch.scope)
        }
        return (added, unchanged, failed, events, statements)
    }

    /// So that imported history counts from the first question.
    func countEvents(scope: Scope) throws {
        let session = TurnEvent(store: store, idKey: idKey).key(scope)
        try Self.translating { try store.countEvents(scope: scope, session: session, fold: EventCounts.fold) }
    }

    /// Vectors from the configured command, for texts that came without one.
    func embed(_ memories: [NewMemory]) throws -> [NewMemory] {
        guard let embedder = host.configuration.settings.embedder else { return memories }
        let missing = memories.indices.filter { index in
            !memories[index].embeddings.contains { $0.model == embedder.model }
        }
        if missing.isEmpty { return memories }
        let vectors = try embeddings(missing.map { memories[$0].text }, embedder)
        var result = memories
        for (index, vector) in zip(missing, vectors) { result[index].embeddings.append(vector) }
        return result
    }

    func embeddings(_ texts: [String], _ embedder: PluginsFile.Embedder) throws -> [StoredEmbedding] {
        let command = EmbedderCommand(
            .init(model: embedder.model, argv: embedder.command, dimension: embedder.dimension))
        switch Result(catching: { () throws(ImportError) in try command.embed(texts) }) {
        case .success(let vectors): return vectors
        case .failure(let error): throw EngineError(.invalidInput, error.description)
        }
    }
}
