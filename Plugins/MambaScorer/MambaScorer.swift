import Heuristic
import MambaManifest
import PluginSDK
import StateSpace

/// The room StateSpace's sequence scorer behind the ABI, for weights of the kind "sequence-scorer". What it is (width,
/// depth, columns, heads) stands in the weights file.
struct MambaScorer: SessionScorer {
    private let file: ScorerFile
    private let model: SequenceScorer
    /// Places of the model's columns in the host's rows and events.
    private let rowOrder, eventOrder: [Int]
    private let bareEvent: BareEvent
    private let heuristic: Heuristic?
    private let scratches: ScratchPool
    /// Per output of the model: the manifest's head.
    private let heads: [Int]

    init(_ setup: Setup) throws(ScorerError) {
        file = try Self.read(try setup.asset("weights"))
        let description = file.description
        rowOrder = try setup.columns.require(description.rowColumns)
        eventOrder = try setup.eventColumns.require(description.eventColumns)
        model = file.model(kernels: try Self.kernels(setup.dispatchLevel))
        bareEvent = BareEvent(columns: description.eventColumns, means: file.scales.events.mean)
        heuristic = file.shape.isResidual ? Heuristic(parameters: HeuristicParameters(), columns: setup.columns.names) : nil
        scratches = ScratchPool(model)
        let known = ScorerDescription.Head.allCases
        heads = description.heads.compactMap { head in known.firstIndex(of: head) }
    }

    private static func read(_ asset: Asset) throws(ScorerError) -> ScorerFile {
        let bytes = asset.bytes
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(SafetensorsError) in try ScorerFile(try SafetensorsFile(borrowing: bytes)) }
        }
        switch result {
        case .success(let file): return file
        case .failure(let error): throw .asset("weights: \(error)")
        }
    }

    /// The host's dispatch level; 0 = the best.
    static func kernels(_ level: Int) throws(ScorerError) -> KernelTable {
        let names = [1: "baseline", 3: "x86-64-v3", 4: "x86-64-v4"]
        guard level != 0 else { return .best }
        guard let name = names[level], let table = KernelTable.levels.first(where: { $0.name == name }) else {
            throw .unsupported(
                "dispatch level \(level); this processor has \(KernelTable.levels.map(\.name).joined(separator: ", "))")
        }
        return table
    }

    var info: ModelInfo {
        var info = ModelInfo()
        info.heads = heads.reduce(0) { $0 | 1 << UInt32($1) }
        info.partCount = UInt32(ScorerParts.names.count)
        if file.shape.hasTrunk {
            info.inputs = .history
            info.stateVersion = 1
            info.stateID = file.description.stateID
            info.sessionBytes = UInt64(model.makeState().exactByteCount)
            info.replayEvents = file.description.replayEvents
        }
        info.nanosecondsPerRow = 100
        info.nanosecondsPerEvent = 10_000
        return info
    }

    func open(key: UInt64) -> ScorerState { model.makeState() }

    func advance(_ session: inout ScorerState, by events: borrowing Events) throws(ScorerError) {
        guard events.count > 0 else { return }
        let scratch = scratches.take()
        defer { scratches.give(scratch) }
        var columns = [Float](repeating: 0, count: eventOrder.count)
        var ids: [(id: UInt64, role: UInt8)] = []
        for event in 0..<events.count {
            let row = events.rows
            for (place, column) in eventOrder.enumerated() { columns[place] = row[event, column] }
            ids.removeAll(keepingCapacity: true)
            for place in events.idRange(event) { ids.append((events.ids[place], events.roles[place])) }
            let time = events.times[event, 0]
            model.advance(
                session, columns: columns, ids: ids, gap: gap(from: session.lastMilliseconds, to: time),
                atMilliseconds: time, scratch)
        }
    }

    /// In units of the model's reference time; 0 before the first event and where clocks went backwards.
    private func gap(from last: Int64?, to now: Int64) -> Float {
        guard let last, now > last else { return 0 }
        return Float(Double(now - last) / 1000 / file.description.referenceSeconds)
    }
}

// Rows.
extension MambaScorer {
    /// A turn begins with an event of its own at the same instant; later than this, time has passed since.
    private static let sameInstantMilliseconds: Int64 = 1000

    func score(
        _ batch: borrowing Batch, in session: ScorerState, into scores: inout Scores
    ) throws(ScorerError) -> Progress {
        let scratch = scratches.take()
        defer { scratches.give(scratch) }
        model.beginTurn(session, bare: bare(batch, session.lastMilliseconds), scratch)
        let (count, outputs) = (batch.count, heads.count)
        let explains = scores.partCount == ScorerParts.names.count
        let block = ScorerScratch.blockRows
        let base = heuristicScores(batch)
        var relevance: [Float] = []
        relevance.reserveCapacity(count)
        var out = [Float](repeating: 0, count: block * outputs)
        var parts = [ScorerParts](repeating: ScorerParts(), count: explains ? block : 0)
        var done = 0
        while done < count {
            if batch.isCancelled { return .stopped(at: done) }
            let range = done..<min(done + block, count)
            run(batch, range, base, scratch, &out, &parts)
            for (place, row) in range.enumerated() {
                for (output, head) in heads.enumerated() { scores.set(row, head: head, to: out[place * outputs + output]) }
                relevance.append(out[place * outputs])
                guard explains else { continue }
                for part in 0..<ScorerParts.names.count { scores.explain(row, part, parts[place].values[part]) }
            }
            done = range.upperBound
        }
        if file.description.hasNull, batch.target == .candidate { setConfidence(relevance, &scores) }
        return .done
    }

    private func run(
        _ batch: borrowing Batch, _ range: Range<Int>, _ base: [Float]?, _ scratch: ScorerScratch, _ out: inout [Float],
        _ parts: inout [ScorerParts]
    ) {
        let idColumns = batch.ids.columns
        batch.rows.withElements { elements, stride in
            batch.ids.withElements { ids, idStride in
                elements.withUnsafeBufferPointer { columns in
                    ids.withUnsafeBufferPointer { ids in
                        out.withUnsafeMutableBufferPointer { out in
                            parts.withUnsafeMutableBufferPointer { parts in
                                // Force unwrap: a block has rows, a row has outputs. A model without columns reads none,
                                // from wherever.
                                let rows = ScorerRows(
                                    columns: columns.baseAddress ?? UnsafePointer(out.baseAddress!), stride: stride,
                                    ids: ids.baseAddress, idStride: idStride, idCount: idColumns, base: nil)
                                // An empty array has an address too, and nobody asked for parts then.
                                scoreBlock(
                                    rows, range, base, scratch, out.baseAddress!, parts.isEmpty ? nil : parts.baseAddress)
                            }
                        }
                    }
                }
            }
        }
    }

    private func scoreBlock(
        _ rows: ScorerRows, _ range: Range<Int>, _ base: [Float]?, _ scratch: ScorerScratch,
        _ out: UnsafeMutablePointer<Float>, _ parts: UnsafeMutablePointer<ScorerParts>?
    ) {
        guard let base else {
            model.score(rows, range: range, order: rowOrder, scratch, to: out, parts: parts)
            return
        }
        base.withUnsafeBufferPointer { base in
            var rows = rows
            rows.base = base.baseAddress
            model.score(rows, range: range, order: rowOrder, scratch, to: out, parts: parts)
        }
    }

    /// What the model is a residual on.
    private func heuristicScores(_ batch: borrowing Batch) -> [Float]? {
        guard let heuristic else { return nil }
        var base = [Float](repeating: 0, count: batch.count)
        batch.rows.withElements { elements, stride in
            elements.withUnsafeBufferPointer { columns in
                base.withUnsafeMutableBufferPointer { base in
                    guard let start = columns.baseAddress, let first = base.baseAddress else { return }
                    heuristic.score(
                        start, rows: base.count, strideBytes: stride * MemoryLayout<Float>.stride, into: first)
                }
            }
        }
        return base
    }

    /// nil = the turn's own event is the session's last, or there was none.
    private func bare(_ batch: borrowing Batch, _ last: Int64?) -> (columns: [Float], gap: Float)? {
        let now = batch.nowMilliseconds
        guard let last, now - last > Self.sameInstantMilliseconds else { return nil }
        return (
            bareEvent.columns(nowMilliseconds: now, utcOffsetSeconds: batch.utcOffsetSeconds, lastMilliseconds: last),
            gap(from: last, to: now)
        )
    }

    /// Share of a row among all rows and the null candidate of logit 0: small for every row where nothing is relevant.
    private func setConfidence(_ relevance: [Float], _ scores: inout Scores) {
        let largest = max(0, relevance.max() ?? 0)
        let total = relevance.reduce(exponential(-largest)) { $0 + exponential($1 - largest) }
        for (row, score) in relevance.enumerated() { scores.setConfidence(row, to: exponential(score - largest) / total) }
    }
}

// Sessions.
extension MambaScorer {
    func export(_ session: ScorerState, form: StateForm, to state: inout StateWriter) throws(ScorerError) {
        let bytes: [UInt8]
        switch (form, file.compact) {
        case (.exact, _): bytes = session.exactBytes()
        case (.compact, let projection?): bytes = session.compactBytes(projection)
        case (.compact, nil):
            throw .unsupported("these weights have no compact form (tensors compact.…); replay events instead")
        }
        state.append(bytes: bytes)
    }

    func restore(
        _ session: inout ScorerState, form: StateForm, version: UInt32, from state: inout StateReader
    ) throws(ScorerError) {
        guard version == 1 else { throw .state("state version \(version); this library reads 1") }
        var bytes = [UInt8](repeating: 0, count: state.remaining)
        var span = bytes.mutableSpan
        try state.read(into: &span)
        try state.finish()
        do throws(ScorerStateError) {
            switch (form, file.compact) {
            case (.exact, _): try session.restore(exact: bytes)
            case (.compact, let projection?): try session.restore(compact: bytes, projection)
            case (.compact, nil): throw .size(found: bytes.count, expected: session.exactByteCount)
            }
        } catch {
            throw .state("\(error)")
        }
    }
}
