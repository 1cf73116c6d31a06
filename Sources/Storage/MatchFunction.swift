import GRDB
import GRDBSQLite

/// `mneme_collect(<fts5 table>, <pointer>)`: for the current row, appends to the accumulator behind
/// the pointer the rowid, the row's length and how often each phrase of the query occurs in it.
///
/// SQL sees the integer 0. Counting inside FTS5's own iteration means one pass over the index, no
/// text read, no row built.
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
    let phraseCount: Int
    /// Columns below this one count neither as occurrence nor as length (the author's).
    let firstColumn: Int32
    private(set) var rowids: [Int64] = []
    private(set) var lengths: [Int32] = []
    /// [row × phrase]
    private(set) var frequencies: [UInt16] = []

    init(phraseCount: Int, firstColumn: Int32) {
        self.phraseCount = phraseCount
        self.firstColumn = firstColumn
    }

    fileprivate func add(api: UnsafePointer<Fts5ExtensionApi>, row: OpaquePointer) -> Int32 {
        let api = api.pointee
        var length: Int32 = 0
        var column = firstColumn
        let columnCount = api.xColumnCount(row)
        while column < columnCount {
            var size: Int32 = 0
            let code = api.xColumnSize(row, column, &size)
            guard code == SQLITE_OK else { return code }
            length += size
            column += 1
        }
        guard Int(api.xPhraseCount(row)) == phraseCount else { return SQLITE_MISUSE }
        for phrase in 0..<Int32(phraseCount) {
            var iterator = Fts5PhraseIter()
            var column: Int32 = 0
            var offset: Int32 = 0
            var count: UInt16 = 0
            let code = api.xPhraseFirst(row, phrase, &iterator, &column, &offset)
            guard code == SQLITE_OK else { return code }
            while column >= 0 {
                if column >= firstColumn && count < .max { count += 1 }
                api.xPhraseNext(row, &iterator, &column, &offset)
            }
            frequencies.append(count)
        }
        rowids.append(api.xRowid(row))
        lengths.append(length)
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
    let code = accumulator.add(api: api, row: row)
    if code == SQLITE_OK {
        sqlite3_result_int(context, 0)
    } else {
        sqlite3_result_error_code(context, code)
    }
}
