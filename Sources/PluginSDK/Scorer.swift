/// A scorer: rows of numbers in, one score per row out.
///
/// One type without a pointer in it. A whole plugin is this type, two lines that export it, and a manifest
/// in a C target beside it:
///
/// ```swift
/// import PluginSDK
///
/// struct ImportanceScorer: Scorer {
///     static let options = ["weight"]              // the manifest's, in its order
///     private let importance: Int
///     private let weight: Float
///
///     init(_ setup: Setup) throws(ScorerError) {
///         importance = try setup.columns.require("memory.importance@1")
///         weight = Float(try setup.options.number("weight"))
///     }
///
///     func score(_ batch: borrowing Batch, into scores: inout Scores) throws(ScorerError) -> Progress {
///         for row in 0..<batch.count {
///             if row % 512 == 0, batch.isCancelled { return .stopped(at: row) }
///             scores[row] = weight * batch.rows[row, importance]
///         }
///         return .done
///     }
/// }
///
/// private let library = Library(ImportanceScorer.self, id: "importance", version: "1.0.0")
/// @c(mneme_plugin) public func mnemePlugin() -> PluginTable { library.table }
/// ```
///
/// `init` runs on a load thread and may take seconds. A scorer does not change while it serves: hence
/// `Sendable` and no `mutating`. What a conversation leaves behind belongs into a ``SessionScorer``.
///
/// The export is written by the author because a C function cannot be made from a generic one.
public protocol Scorer: Sendable {
    /// Names of the manifest's options in the manifest's order: options cross without names.
    static var options: [String] { get }

    /// Makes a model from options, columns and assets; throws what is wrong, with what is allowed.
    init(_ setup: Setup) throws(ScorerError)

    /// What the host should know about this model. Default: the first head, no state, no parts.
    var info: ModelInfo { get }

    /// Fills `scores`, rows in order, and polls `batch.isCancelled` every 256 to 1,024 rows.
    ///
    /// Every row needs a score or ``Scores/abstain(_:)``. Higher is better. May run on several threads at once
    /// if the manifest says `"concurrent": true`.
    func score(_ batch: borrowing Batch, into scores: inout Scores) throws(ScorerError) -> Progress
}

extension Scorer {
    public static var options: [String] { [] }
    public var info: ModelInfo { ModelInfo() }
}

/// How far `score` came.
public enum Progress: Sendable, Equatable {
    /// Every row was answered.
    case done
    /// Rows before this one were answered; then the answer was no longer wanted, or time was up.
    case stopped(at: Int)
}
