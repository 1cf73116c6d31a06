import PluginABI

/// What a `mneme_model *` points to: the library's one scorer, and how it opens sessions.
final class Model {
    let scorer: any Scorer
    let shape: Shape
    /// `nil` if the scorer keeps no sessions.
    let open: ((UInt64) -> any LiveSession)?

    init(scorer: any Scorer, shape: Shape, open: ((UInt64) -> any LiveSession)?) {
        self.scorer = scorer
        self.shape = shape
        self.open = open
    }
}

/// What a `mneme_session *` points to.
final class SessionBox {
    let live: any LiveSession
    init(_ live: any LiveSession) { self.live = live }
}

/// A session whose state's type is forgotten: C knows no generics.
protocol LiveSession: AnyObject {
    func advance(by events: borrowing Events) throws(ScorerError)
    func score(_ batch: borrowing Batch, into scores: inout Scores) throws(ScorerError) -> Progress
    func export(form: StateForm, to state: inout StateWriter) throws(ScorerError)
    func restore(form: StateForm, version: UInt32, from state: inout StateReader) throws(ScorerError)
}

final class TypedSession<S: SessionScorer>: LiveSession {
    private let scorer: S
    private var session: S.Session

    init(_ scorer: S, key: UInt64) {
        self.scorer = scorer
        session = scorer.open(key: key)
    }

    func advance(by events: borrowing Events) throws(ScorerError) {
        try scorer.advance(&session, by: events)
    }

    func score(_ batch: borrowing Batch, into scores: inout Scores) throws(ScorerError) -> Progress {
        try scorer.score(batch, in: session, into: &scores)
    }

    func export(form: StateForm, to state: inout StateWriter) throws(ScorerError) {
        try scorer.export(session, form: form, to: &state)
    }

    func restore(form: StateForm, version: UInt32, from state: inout StateReader) throws(ScorerError) {
        try scorer.restore(&session, form: form, version: version, from: &state)
    }
}
