import GRDB
import GRDBSQLite
import Kernels

/// `mneme_offer(<pointer>, rowid, is_half, norm, vector)`: offers one stored vector to the search behind
/// the pointer.
///
/// Within a function SQLite hands the blob over where it lies in the page; a result row would be a
/// copy. SQL sees the integer 1.
enum NearestFunction {
    static let pointerType: StaticString = "mneme_nearest"

    static func register(on database: Database) throws {
        let code = sqlite3_create_function_v2(
            database.sqliteConnection, "mneme_offer", 5,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, nil, offer, nil, nil, nil)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}

/// One exact search under way. Used by one thread.
final class NearestSearch {
    private let scorer: CosineScorer
    private let scopeID: Int64
    private var best: NearestHeap

    init(query: [Float], scopeID: Int64, limit: Int) {
        scorer = CosineScorer(query: query)
        self.scopeID = scopeID
        best = NearestHeap(limit: limit)
    }

    var matches: [VectorMatch] { best.sorted() }

    fileprivate func offer(
        rowid: Int64, isHalf: Bool, norm: Double, _ vector: UnsafeRawBufferPointer
    ) {
        best.offer(
            VectorMatch(
                rowid: RowID.make(owner: scopeID, sequence: RowID.sequence(of: rowid)),
                cosine: scorer.cosine(vector, isHalf: isHalf, norm: norm)))
    }
}

private func offer(
    context: OpaquePointer?, count: Int32, values: UnsafeMutablePointer<OpaquePointer?>?
) {
    guard let values, count == 5,
        let pointer = NearestFunction.pointerType.withCString({ sqlite3_value_pointer(values[0], $0) })
    else {
        sqlite3_result_error(context, "mneme_offer is called by Mneme only", -1)
        return
    }
    let start = sqlite3_value_blob(values[4])
    Unmanaged<NearestSearch>.fromOpaque(pointer).takeUnretainedValue().offer(
        rowid: sqlite3_value_int64(values[1]), isHalf: sqlite3_value_int(values[2]) != 0,
        norm: sqlite3_value_double(values[3]),
        UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(values[4]))))
    sqlite3_result_int(context, 1)
}

extension StaticString {
    /// The string as SQLite keeps it: a pointer that lives as long as the program.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        utf8Start.withMemoryRebound(to: CChar.self, capacity: utf8CodeUnitCount, body)
    }
}
