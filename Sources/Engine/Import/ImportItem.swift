import Storage

/// Whose memories a record says it belongs to; parts it doesn't name come from the import's own scope.
package struct ScopeHint: Hashable, Sendable {
    package var user: String?
    package var agent: String?

    package init(user: String? = nil, agent: String? = nil) {
        self.user = user
        self.agent = agent
    }

    /// The scope to write to, with what the record left open taken from `base`.
    package func scope(over base: Scope) -> Scope {
        Scope(user: user ?? base.user, agent: agent ?? base.agent)
    }
}

/// One thing that a reader found, in the order in which it was found.
package enum ImportItem: Sendable {
    case memory(NewMemory, scopeHint: ScopeHint?)
    case event(NewEvent, scopeHint: ScopeHint?)
    /// A statement of a graph about one aspect of an entity; after the memories it names.
    case attribute(NewAttribute, scopeHint: ScopeHint?)
    /// An edge of a graph; after the memories.
    case dependency(NewDependency, scopeHint: ScopeHint?)
    case problem(ImportProblem)
}

/// A record that was skipped, or accepted with a remark. An import never stops for one.
package struct ImportProblem: Sendable, Equatable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        /// The record is not imported.
        case skipped
        /// The record is imported; something about it deserves a look.
        case warning
    }

    package var severity: Severity
    /// The file, folder or repository.
    package var file: String
    /// From 1; nil where the source has no lines.
    package var line: Int?
    /// In bytes, from 1.
    package var column: Int?
    package var key: String?
    /// What was found, and where it helps, what is allowed.
    package var message: String

    package init(
        _ severity: Severity, file: String, line: Int? = nil, column: Int? = nil, key: String? = nil,
        _ message: String
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.key = key
        self.message = message
    }

    /// `notes.jsonl:17:5: importance: found "high", allowed: a number from 0 to 1 (record skipped)`
    package var description: String {
        var place = file
        if let line { place += ":\(line)" }
        if let column { place += ":\(column)" }
        let subject = key.map { "\($0): " } ?? ""
        return "\(place): \(subject)\(message) (\(severity == .skipped ? "record skipped" : "warning"))"
    }
}

/// The import as a whole can't start or go on.
package struct ImportError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case unreadable, notAFolder, notARepository, noHistory, unknownDataset
        case commandNotFound, commandFailed, commandTimedOut, badAnswer
    }

    package let code: Code
    /// The file, folder, repository or command it happened to.
    package let place: String
    /// What was tried and what came of it.
    package let message: String
    /// What to do next.
    package let advice: String

    package init(_ code: Code, place: String, _ message: String, advice: String) {
        self.code = code
        self.place = place
        self.message = message
        self.advice = advice
    }

    package var description: String { "\(place): \(message). \(advice)" }
}

/// How far a reader has come.
package struct ImportProgress: Sendable, Equatable {
    package enum Unit: String, Sendable { case bytes, files, commits, records }

    package var unit: Unit
    package var done: Int
    /// nil = not known beforehand.
    package var total: Int?

    package init(unit: Unit, done: Int, total: Int?) {
        self.unit = unit
        self.done = done
        self.total = total
    }
}

/// A source of items, read one by one in bounded memory; the caller batches them into transactions.
///
/// Used by one thread at a time.
package protocol ImportReader: AnyObject {
    /// The next item, nil at the end. After an error the reader is finished.
    func next() throws(ImportError) -> ImportItem?
    var progress: ImportProgress { get }
}
