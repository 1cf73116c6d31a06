import PluginSDK
import StateSpace

/// Next-item weights (kind "item-sequence") behind the ABI: an event's referenced ids are the items that were chosen, a
/// row's id is the item it stands for, relevance is its logit. Columns aren't read.
///
/// A row whose item the weights don't know abstains, and so does every row before the first item.
struct ItemScorer: SessionScorer {
    private let model: ItemModel
    /// MNEME_ROLE_REFERENCED
    private static let referenced: UInt8 = 4

    init(_ setup: Setup) throws(ScorerError) {
        let kernels = try MambaScorer.kernels(setup.dispatchLevel)
        model = try setup.asset("weights").withWeights { (file) throws(SafetensorsError) in
            try ItemModel(file, kernels: kernels)
        }
    }

    var info: ModelInfo {
        var info = ModelInfo()
        info.heads = 1
        info.inputs = .history
        info.stateVersion = 1
        info.stateID = model.stateID
        info.sessionBytes = UInt64(ItemSession(model).exactByteCount)
        info.replayEvents = UInt32(model.maxLength)
        info.nanosecondsPerRow = 30
        info.nanosecondsPerEvent = 10_000
        return info
    }

    func open(key: UInt64) -> ItemSession { ItemSession(model) }

    func advance(_ session: inout ItemSession, by events: borrowing Events) throws(ScorerError) {
        for event in 0..<events.count {
            let time = events.times[event, 0]
            for place in events.idRange(event) where events.roles[place] == Self.referenced {
                session.step(item: Int64(bitPattern: events.ids[place]), atMilliseconds: time)
            }
        }
    }

    func score(
        _ batch: borrowing Batch, in session: ItemSession, into scores: inout Scores
    ) throws(ScorerError) -> Progress {
        let ids = batch.ids
        for row in 0..<batch.count {
            if row % 512 == 511, batch.isCancelled { return .stopped(at: row) }
            if ids.columns > 0, let score = session.score(Int64(bitPattern: ids[row, 0])) {
                scores[row] = score
            } else {
                scores.abstain(row)
            }
        }
        return .done
    }

    func export(_ session: ItemSession, form: StateForm, to state: inout StateWriter) throws(ScorerError) {
        guard form == .exact else {
            throw .unsupported("next-item weights have no compact form; replay events instead")
        }
        state.append(bytes: session.exactBytes())
    }

    func restore(
        _ session: inout ItemSession, form: StateForm, version: UInt32, from state: inout StateReader
    ) throws(ScorerError) {
        guard version == 1 else { throw .state("state version \(version); this library reads 1") }
        guard form == .exact else {
            throw .unsupported("next-item weights have no compact form; replay events instead")
        }
        var bytes = [UInt8](repeating: 0, count: state.remaining)
        var span = bytes.mutableSpan
        try state.read(into: &span)
        try state.finish()
        do throws(StateError) { try session.restore(exact: bytes) } catch { throw .state("\(error)") }
    }
}

extension Asset {
    /// Reads the weights; what is wrong with them is said in the host's terms.
    func withWeights<Value>(
        _ body: (SafetensorsFile) throws(SafetensorsError) -> Value
    ) throws(ScorerError) -> Value {
        let bytes = self.bytes
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(SafetensorsError) in try body(try SafetensorsFile(borrowing: bytes)) }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error): throw .asset("\(name): \(error)")
        }
    }
}
