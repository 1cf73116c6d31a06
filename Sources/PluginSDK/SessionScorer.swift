import PluginABI

/// A scorer that remembers what one user's or one conversation's history has become.
///
/// `Session` is a value. Only ``advance(_:by:)`` and ``restore(_:form:version:from:)`` change it; the host
/// never makes two calls at once that name the same session.
public protocol SessionScorer: Scorer {
    associatedtype Session

    /// A session in the model's default state; `key` names it for logs.
    func open(key: UInt64) -> Session

    /// Applies events strictly in sequence. After a throw the host rebuilds the session.
    func advance(_ session: inout Session, by events: borrowing Events) throws(ScorerError)

    /// As ``Scorer/score(_:into:)``, with what the session knows.
    func score(
        _ batch: borrowing Batch, in session: Session, into scores: inout Scores
    ) throws(ScorerError) -> Progress

    /// Writes the state: ``StateForm/exact`` restores bit for bit, ``StateForm/compact`` has at most 256 bytes.
    func export(_ session: Session, form: StateForm, to state: inout StateWriter) throws(ScorerError)

    /// Replaces the state. Validate every byte: it may be damaged, or of another version.
    func restore(
        _ session: inout Session, form: StateForm, version: UInt32, from state: inout StateReader
    ) throws(ScorerError)
}

extension SessionScorer {
    /// Without a session: as in one that has just begun.
    public func score(_ batch: borrowing Batch, into scores: inout Scores) throws(ScorerError) -> Progress {
        try score(batch, in: open(key: 0), into: &scores)
    }
}

/// Forms of an exported state.
public enum StateForm: Int32, Sendable {
    case exact = 1
    case compact = 2
}
