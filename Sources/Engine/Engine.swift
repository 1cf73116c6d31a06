import Features
import Foundation
import Host
import Storage

/// The use cases over one store and one host. `MemoryService` documents them.
package final class Engine: MemoryService {
    package let store: Store
    package let host: ScorerHost
    private let stage: HostStage
    private let trusts: TrustLedger
    let idKey: UInt64

    /// - Parameters:
    ///   - configuration: the text of plugins.json and its name for messages; nil = the built-in one.
    package init(databasePath: String, configuration: (text: String, path: String)?) throws {
        let store = try Self.translating { try Store(path: databasePath) }
        let host = try Self.host(configuration, store)
        try Self.translating { try Self.recordConfiguration(host.configuration, path: configuration?.path, store) }
        self.store = store
        self.host = host
        trusts = TrustLedger(store)
        stage = HostStage(host: host, trust: { [trusts] in trusts.logarithms($0) })
        // One key per store, so that ids mean the same to a scorer in every run over it.
        idKey = SHA256.hexadecimal(of: Array(databasePath.utf8)).prefix(16).reduce(0) {
            $0 << 4 | UInt64($1.hexDigitValue ?? 0)
        }
    }

    /// A scorer that can't be loaded stays out and is named in every answer; only a wrong file throws.
    private static func host(_ configuration: (text: String, path: String)?, _ store: Store) throws -> ScorerHost {
        var environment = HostEnvironment(offeredColumns: ColumnCatalog.names)
        environment.columnSpan = { ColumnSpans.span(of: $0) }
        environment.plantedWorlds = plantedWorlds
        environment.log = { level, scorer, text in
            FileHandle.standardError.write(Data("mneme: \(scorer): \(level): \(text)\n".utf8))
        }
        environment.offeredEventColumns = EventCatalog.names
        environment.offeredHopColumns = PathCatalog.names
        let sessions = StoreSessions(store) { [log = environment.log] in log(.warning, "sessions", $0) }
        environment.events = sessions
        environment.states = sessions
        environment.onReload = { report, serving in recordReload(report, serving, store) }
        let path =
            configuration?.path ?? FileManager.default.currentDirectoryPath + "/plugins.json (built in)"
        let bytes = Array((configuration?.text ?? PluginsFile.builtIn).utf8)
        let settings: PluginsFile
        switch Result(catching: { () throws(PluginsFileError) in
            try PluginsFile.read(bytes: bytes, path: path)
        }) {
        case .success(let read): settings = read
        case .failure(let error): throw EngineError(.configuration, error.description)
        }
        // A vector's model is the embedder's; callers' own vectors have no name.
        if let embedder = settings.embedder { environment.embedding = (embedder.model, embedder.dimension) }
        return ScorerHost(Configuration.load(settings, environment), environment, path: configuration?.path)
    }

    /// Rankings without a store: `score` and the sidecar.
    package func score(_ request: ScoreRequest) throws -> Ranking {
        try CallerRun(stage: stage, idKey: idKey).score(request)
    }

    package func search(_ request: SearchRequest) throws -> Ranking {
        if request.limit < 1 {
            throw EngineError(.invalidInput, "limit is \(request.limit); allowed: 1 and more")
        }
        var request = request
        if request.sampling == nil, host.configuration.settings.exploration.kind == .plackettLuce {
            let exploration = host.configuration.settings.exploration
            request.sampling = Sampling(
                temperature: exploration.temperature,
                seed: exploration.seed ?? UInt64.random(in: 0...(1 << 53)))
        }
        if request.queryEmbedding == nil, !request.query.isEmpty,
            let embedder = host.configuration.settings.embedder
        {
            request.queryEmbedding = try embeddings([request.query], embedder).first?.vector
            request.embeddingModel = embedder.model
        }
        var width = PoolWidth()
        width.toScorers = max(width.toScorers, request.limit)
        return try Self.translating {
            try TurnRun(
                store: store, stage: stage, configurationHash: configurationHash, idKey: idKey, width: width
            ).search(request)
        }
    }

    package func add(_ memories: [NewMemory], scope: Scope) throws -> AddReport {
        let memories = try embed(memories)
        let report = try Self.translating {
            try store.insert(memories.map { ($0, StoredTextTraits($0)) }, scope: scope)
        }
        return AddReport(added: report.added, unchanged: report.unchanged, failed: report.failed)
    }

    package func get(_ id: String, scope: Scope) throws -> MemoryView? {
        try Self.translating { try store.memory(id, scope: scope).map(MemoryView.init) }
    }

    package func list(_ filter: ListFilter, scope: Scope) throws -> [MemoryView] {
        var stored = StoredFilter()
        stored.type = filter.type
        stored.author = filter.author
        stored.session = filter.session
        stored.includeForgotten = filter.includeForgotten
        stored.limit = filter.limit
        stored.offset = filter.offset
        return try Self.translating { try store.list(stored, scope: scope).map(MemoryView.init) }
    }

    package func update(_ id: String, _ change: MemoryChange, scope: Scope) throws -> MemoryView {
        if let importance = change.importance, !(0...1).contains(importance) {
            throw EngineError(.invalidInput, "importance is \(importance); allowed: 0 to 1")
        }
        var stored = StoredChange()
        stored.text = change.text
        stored.traits = change.text.map { StoredTextTraits(TextTraits(text: $0)) }
        stored.importance = change.importance
        stored.isPinned = change.isPinned
        stored.isConstraint = change.isConstraint
        stored.type = change.type
        stored.validUntilMilliseconds = change.validUntilMilliseconds
        stored.supersededBy = change.supersededBy
        return try Self.translating {
            guard try store.update(id, stored, atMilliseconds: Self.now, scope: scope),
                let view = try get(id, scope: scope)
            else {
                throw EngineError(
                    .notFound, "no memory with id \(id) for user \(scope.user), agent \(scope.agent)")
            }
            return view
        }
    }

    package func forget(_ ids: [String], hard: Bool, scope: Scope) throws -> Int {
        try Self.translating { try store.forget(ids, hard: hard, atMilliseconds: Self.now, scope: scope) }
    }

    package func feedback(_ feedback: [Feedback], retrievalID: String) throws -> Int {
        for item in feedback where !item.value.isFinite || abs(item.value) > 1 {
            throw EngineError(
                .invalidInput,
                "the \(item.kind.rawValue) of \(item.memoryID) is \(item.value); allowed: −1 to 1")
        }
        return try Self.translating {
            let recorded = try store.recordFeedback(
                feedback.map { ($0.memoryID, $0.kind.rawValue, $0.value) }, retrievalID: retrievalID,
                atMilliseconds: Self.now)
            try trusts.learn(retrievalID, host.configuration, configurationHash: configurationHash)
            return recorded
        }
    }

    package func explain(retrievalID: String) throws -> Ranking {
        try Self.translating {
            guard let turn = try store.turn(retrievalID) else {
                throw EngineError(
                    .notFound, "no turn with retrieval_id \(retrievalID): use the one that search returned")
            }
            return try explained(turn)
        }
    }

    private func explained(_ turn: TurnRecord) throws -> Ranking {
        let rowids = turn.candidates.map(\.rowid)
        let texts = try store.texts(rowids)
        let rows = Dictionary(
            try store.candidates(rowids).map { ($0.rowid, $0) }, uniquingKeysWith: { a, _ in a })
        var ranking = Ranking(retrievalID: turn.retrievalID, memories: [])
        for candidate in turn.candidates {
            var memory = RankedMemory(
                id: rows[candidate.rowid]?.id ?? "(forgotten)", score: candidate.score, rank: candidate.rank)
            memory.text = texts[candidate.rowid]?.text
            memory.author = texts[candidate.rowid]?.author
            memory.createdAtMilliseconds = rows[candidate.rowid]?.createdAtMilliseconds
            memory.position = candidate.position
            memory.tier = candidate.tier
            memory.dropped = candidate.dropReason.flatMap(DropReason.init)
            memory.propensity = candidate.propensity
            memory.isDeterministic = candidate.isDeterministic
            memory.isPinned = candidate.isPinned
            memory.sources = candidate.sources
            memory.parts = zip(turn.partNames, candidate.parts).map { ScorePart(name: $0, value: $1) }.filter
            { $0.value != 0 }
            memory.why = WhySentence.make(
                parts: memory.parts, matchedTerms: [],
                ageDays: memory.createdAtMilliseconds.map {
                    max(0, Double(turn.atMilliseconds - $0) / 86_400_000)
                })
            ranking.memories.append(memory)
        }
        ranking.memories.sort { ($0.position ?? Int.max, $0.rank) < ($1.position ?? Int.max, $1.rank) }
        ranking.scorers = turn.scorers
        ranking.degraded = turn.degraded
        ranking.confidence = turn.confidence
        ranking.poolCount = turn.poolCount
        return ranking
    }

    /// Short enough to read, long enough to be one of its kind.
    var configurationHash: String { String(host.configuration.identity.prefix(16)) }

    package func plugins() -> [PluginStatus] {
        let configuration = host.configuration
        let known = configuration.gate == nil ? nil : trusts.known(configuration)
        return configuration.plugins.map { plugin in
            var status = PluginStatus(plugin, health: configuration.model(plugin.id)?.health)
            status.trust = known.map { $0[plugin.id]?.factor ?? 1 }
            if let trust = status.trust, status.isDistrusted {
                let left = "feedback left \(Int((trust * 100).rounded()))% of its weight"
                status.warnings.append("\(left): it ranks against what was used; a swap of it starts anew")
            }
            return status
        }
    }

    package func status(scope: Scope) throws -> StoreStatus {
        try Self.translating {
            let counts = try store.counts(scope: scope)
            var status = StoreStatus(databasePath: store.path)
            status.memories = counts.memories
            status.sessions = counts.sessions
            status.events = counts.events
            status.turns = counts.turns
            status.embeddings = counts.embeddings
            status.configurationHash = configurationHash
            status.host = hostStatus
            return status
        }
    }

    private var hostStatus: HostStatus {
        let limits = host.configuration.settings.limits
        let gauges = host.gauges
        return HostStatus(
            configuration: host.configuration.identity, combiner: host.configuration.combinerSummary, residentLibraries: gauges.residentLibraries,
            residentLibrariesLimit: limits.residentLibraries, residentBytes: gauges.residentBytes,
            hungThreads: gauges.hungThreads, hungThreadsLimit: limits.hungThreads, workers: gauges.workers,
            workersLimit: limits.workers, lastReload: host.lastReload.map { "\($0.cause): \($0.summary)" })
    }

    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Storage's errors in the engine's words.
    static func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            switch error.code {
            case .invalid: throw EngineError(.invalidInput, error.message)
            case .notFound: throw EngineError(.notFound, error.message)
            case .cannotOpen, .foreign, .failed: throw EngineError(.store, error.message)
            }
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.store, "the store failed: \(error)")
        }
    }
}

extension StoredTextTraits {
    init(_ traits: TextTraits) {
        self.init(
            tokenCount: traits.tokenCount, asksQuestion: traits.asksQuestion, namesTime: traits.namesTime,
            firstPersonShare: traits.firstPersonShare)
    }

    package init(_ memory: NewMemory) { self.init(TextTraits(text: memory.text, caption: memory.caption)) }
}

extension PluginStatus {
    init(_ plugin: ScorerStatus, health: ModelHealth?) {
        self.init(id: plugin.id, tier: plugin.tier.rawValue, state: "live")
        path = plugin.path
        version = plugin.version.isEmpty ? nil : plugin.version
        sha256 = plugin.hash.isEmpty ? nil : plugin.hash
        columns = plugin.columns
        warnings = plugin.warnings
        gate = plugin.gate.map(GateStatus.init)
        switch plugin.state {
        case .serving: break
        case .disabled:
            state = "disabled"
            reason = "enabled is false"
        case .refused(let error):
            state = "refused"
            reason = error.description
        }
        guard let health else { return }
        calls = health.calls
        late = health.late
        failed = health.failures
        self.health = PluginHealth(health)
        if health.isHung {
            state = "hung"
            reason = "a call never came back: restart mneme to use it again"
        }
    }
}

extension PluginHealth {
    init(_ health: ModelHealth) {
        breaker = health.breaker
        opened = health.opened
        skipped = health.skipped
        abstainedRows = health.abstainedRows
        invalidRows = health.invalidRows
        unwrittenRows = health.unwrittenRows
        drained = health.drained
        floatModeChanges = health.floatModeChanges
        restarts = health.restarts
        pid = health.pid
        walls = health.walls
        p50Microseconds = health.p50Nanoseconds.map { Double($0) / 1000 }
        p99Microseconds = health.p99Nanoseconds.map { Double($0) / 1000 }
    }
}

extension MemoryView {
    init(_ stored: StoredMemory) {
        self.init(
            id: stored.id, memory: stored.memory, accessCount: stored.accessCount,
            lastAccessMilliseconds: stored.lastAccessMilliseconds,
            supersededBy: stored.supersededBy, isForgotten: stored.isForgotten)
    }
}
