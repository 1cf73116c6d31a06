import GRDB
import GRDBSQLite

/// `mneme_tf(table)`: an FTS5 auxiliary function that hands out what FTS5 knows of a row and `bm25()` keeps to
/// itself: its length and how often each phrase of the query stands in it.
///
/// Its value is a blob of Int32: [length in tokens, tf of phrase 0, tf of phrase 1, …], over all columns but the
/// author's.
enum TermFrequencies {
    static func register(in db: Database) {
        guard let connection = db.sqliteConnection, let api = fts5API(connection) else { return }
        _ = api.pointee.xCreateFunction(
            api, "mneme_tf", nil,
            { api, fts, context, _, _ in
                guard let api, let fts else { return }
                TermFrequencies.answer(api.pointee, fts, context)
            }, nil)
    }

    private static func answer(_ api: Fts5ExtensionApi, _ fts: OpaquePointer, _ context: OpaquePointer?) {
        let phrases = Int(api.xPhraseCount(fts))
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: phrases + 1) { buffer in
            buffer.initialize(repeating: 0)
            // memory_text has the author as column 0 of 3; memory_surface has none.
            let columns = api.xColumnCount(fts)
            for column in (columns == 3 ? 1 : 0)..<columns {
                var tokens: Int32 = 0
                if api.xColumnSize(fts, column, &tokens) == SQLITE_OK { buffer[0] += tokens }
            }
            var instances: Int32 = 0
            if api.xInstCount(fts, &instances) == SQLITE_OK {
                for instance in 0..<instances {
                    var (phrase, column, offset): (Int32, Int32, Int32) = (0, 0, 0)
                    if api.xInst(fts, instance, &phrase, &column, &offset) == SQLITE_OK {
                        buffer[Int(phrase) + 1] += 1
                    }
                }
            }
            let bytes = Int32((phrases + 1) * MemoryLayout<Int32>.stride)
            // SQLITE_TRANSIENT (−1): SQLite copies before the buffer goes.
            sqlite3_result_blob(
                context, buffer.baseAddress, bytes, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
    }

    /// FTS5's own way of handing out its API: a pointer bound to `SELECT fts5(?)`.
    private static func fts5API(_ connection: OpaquePointer) -> UnsafeMutablePointer<fts5_api>? {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v3(connection, "SELECT fts5(?)", -1, 0, &statement, nil) == SQLITE_OK else {
            return nil
        }
        defer { sqlite3_finalize(statement) }
        var api: UnsafeMutablePointer<fts5_api>?
        let type: StaticString = "fts5_api_ptr"
        return type.utf8Start.withMemoryRebound(to: CChar.self, capacity: type.utf8CodeUnitCount + 1) {
            name in
            withUnsafeMutablePointer(to: &api) { pointer in
                _ = sqlite3_bind_pointer(statement, 1, pointer, name, nil)
                _ = sqlite3_step(statement)
            }
            return api
        }
    }
}
