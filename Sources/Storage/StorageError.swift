import Foundation
import GRDB

/// What went wrong in the store: what was tried, where, and what to do next.
package struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The file is not an SQLite database.
        case notADatabase
        /// An SQLite database of another program.
        case foreignDatabase
        /// Written by a newer Mneme.
        case newerDatabase
        case cannotOpen
        /// Another process kept the write lock for longer than the busy timeout.
        case busy
        case diskFull
        case corrupt
        /// An id that does not exist in this scope.
        case notFound
        /// An id that already stands for another memory.
        case idTaken
        /// A value the store refuses: empty text, a number out of range, a vector with NaN.
        case invalidValue
        /// A vector whose length differs from its model's.
        case dimensionMismatch
        /// Inside this room only: a batch has to be written again, with a savepoint per record.
        case recordRefused
        /// Any other failure SQLite reports.
        case database
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

extension StorageError {
    /// `error` in the store's words; a `StorageError` passes through unchanged.
    init(_ error: any Error, doing what: String, path: String) {
        if let error = error as? StorageError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.database, "\(what) failed on \(path): \(error)")
            return
        }
        let detail = error.message ?? "SQLite code \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .busy,
                "\(what) waited \(Int(Store.busyTimeoutSeconds)) s for another process that is writing to "
                    + "\(path); try again when it is done.")
        case .SQLITE_FULL:
            self.init(.diskFull, "\(what) found no space left for \(path); free some and try again.")
        case .SQLITE_NOTADB:
            self.init(
                .notADatabase, "\(path) is not an SQLite database; give another path with --db.")
        case .SQLITE_CORRUPT:
            self.init(
                .corrupt,
                "\(what) found \(path) damaged (\(detail)); run `mneme doctor`, or restore a backup.")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
            self.init(
                .cannotOpen,
                "\(what) could not open \(path) (\(detail)); check that the folder exists and is writable.")
        default:
            self.init(.database, "\(what) failed on \(path): \(detail)")
        }
    }
}
