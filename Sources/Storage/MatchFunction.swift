import GRDB
import GRDBSQLite

/// `mneme_collect(<fts5 table>, <pointer>)`: for the current row, appends to the accumulator behind
/// the pointer the rowid and how often each phrase of the query occurs in the row.
///
/// SQL sees the integer 0. Counting inside FTS5's own iteration means one pass over the index, no
/// text read, no row built. The row's length is not taken here: FTS5 would seek it in another table
/// for each row (`DocumentLengths` has the cheaper way).
enum MatchFunction {
    static let name = "mneme_collect"
    /// The type tag SQLite checks before it hands a bound pointer over.
    static let pointerType: StaticString = "mneme_accumulator"

    static func register(on database: Database) throws {
        let api = UnsafeMutablePointer(mutating: FTS5.api(database))
        let code = api.pointee.xCreateFunction(api, name, nil, collect, nil)
        guard code == SQLITE_OK else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }
}

/// What one full-text pass found, row by row, in rowid order. Used by one thread.
final class MatchAccumulator {
    /// A value inside the object: Swift checks exclusive access once per row, not once per array.
    fileprivate(set) var rows: MatchedRows

    init(phraseCount: Int, firstColumn: Int32) {
        rows = MatchedRows(phraseCount: phraseCount, firstColumn: firstColumn)
    }
}

struct MatchedRows {
    let phraseCount: Int
    /// Occurrences in columns below this one don't count (the author's).
    let firstColumn: Int32
    private(set) var rowids: [Int64] = []
    /// [row × phrase]
    private(set) var frequencies: [UInt16] = []

    init(phraseCount: Int, firstColumn: Int32) {
        self.phraseCount = phraseCount
        self.firstColumn = firstColumn
    }

    fileprivate mutating func add(api: UnsafePointer<Fts5ExtensionApi>, row: OpaquePointer) -> Int32 {
        guard Int(api.pointee.xPhraseCount(row)) == phraseCount else { return SQLITE_MISUSE }
        for phrase in 0..<Int32(phraseCount) {
            var iterator = Fts5PhraseIter()
            var column: Int32 = 0
            var offset: Int32 = 0
            var count: UInt16 = 0
            let code = api.pointee.xPhraseFirst(row, phrase, &iterator, &column, &offset)
            guard code == SQLITE_OK else { return code }
            while column >= 0 {
                if column >= firstColumn && count < .max { count += 1 }
                api.pointee.xPhraseNext(row, &iterator, &column, &offset)
            }
            frequencies.append(count)
        }
        rowids.append(api.pointee.xRowid(row))
        return SQLITE_OK
    }
}

private func collect(
    api: UnsafePointer<Fts5ExtensionApi>?, row: OpaquePointer?, context: OpaquePointer?,
    count: Int32, values: UnsafeMutablePointer<OpaquePointer?>?
) {
    let pointer = MatchFunction.pointerType.withCString {
        count == 1 ? sqlite3_value_pointer(values?[0], $0) : nil
    }
    guard let api, let row, let pointer else {
        sqlite3_result_error(context, "mneme_collect is called by Mneme only", -1)
        return
    }
    let accumulator = Unmanaged<MatchAccumulator>.fromOpaque(pointer).takeUnretainedValue()
    let code = accumulator.rows.add(api: api, row: row)
    if code == SQLITE_OK {
        sqlite3_result_int(context, 0)
    } else {
        sqlite3_result_error_code(context, code)
    }
}
