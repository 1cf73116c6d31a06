import MambaManifest
import PluginSDK
import StateSpace

/// `libMambaScorer.so`: what it is stands in the weights file, under "model".
enum MambaLibrary: SessionScorer {
    case rows(MambaScorer)
    case items(ItemScorer)

    enum Session {
        case rows(ScorerState)
        case items(ItemSession)
    }

    init(_ setup: Setup) throws(ScorerError) {
        let kind = try setup.asset("weights").withWeights { (file) throws(SafetensorsError) in
            file.metadata["model"]
        }
        // Anything else is refused by the model that it isn't, with both names.
        self = kind == "item-sequence" ? .items(try ItemScorer(setup)) : .rows(try MambaScorer(setup))
    }

    var info: ModelInfo {
        switch self {
        case .rows(let scorer): scorer.info
        case .items(let scorer): scorer.info
        }
    }

    func open(key: UInt64) -> Session {
        switch self {
        case .rows(let scorer): .rows(scorer.open(key: key))
        case .items(let scorer): .items(scorer.open(key: key))
        }
    }

    func advance(_ session: inout Session, by events: borrowing Events) throws(ScorerError) {
        switch (self, session) {
        case (.rows(let scorer), .rows(var own)):
            try scorer.advance(&own, by: events)
            session = .rows(own)
        case (.items(let scorer), .items(var own)):
            try scorer.advance(&own, by: events)
            session = .items(own)
        default: throw Self.stranger
        }
    }

    func score(
        _ batch: borrowing Batch, in session: Session, into scores: inout Scores
    ) throws(ScorerError) -> Progress {
        switch (self, session) {
        case (.rows(let scorer), .rows(let own)): try scorer.score(batch, in: own, into: &scores)
        case (.items(let scorer), .items(let own)): try scorer.score(batch, in: own, into: &scores)
        default: throw Self.stranger
        }
    }

    func export(_ session: Session, form: StateForm, to state: inout StateWriter) throws(ScorerError) {
        switch (self, session) {
        case (.rows(let scorer), .rows(let own)): try scorer.export(own, form: form, to: &state)
        case (.items(let scorer), .items(let own)): try scorer.export(own, form: form, to: &state)
        default: throw Self.stranger
        }
    }

    func restore(
        _ session: inout Session, form: StateForm, version: UInt32, from state: inout StateReader
    ) throws(ScorerError) {
        switch (self, session) {
        case (.rows(let scorer), .rows(var own)):
            try scorer.restore(&own, form: form, version: version, from: &state)
            session = .rows(own)
        case (.items(let scorer), .items(var own)):
            try scorer.restore(&own, form: form, version: version, from: &state)
            session = .items(own)
        default: throw Self.stranger
        }
    }

    /// The host names a session with the model that opened it; anything else is its fault.
    private static let stranger = ScorerError.state("the session is another model's")
}

private let library = Library(MambaLibrary.self, id: MAMBA_ID, version: MAMBA_VERSION)
@c(mneme_plugin) public func mnemePlugin() -> PluginTable { library.table }
