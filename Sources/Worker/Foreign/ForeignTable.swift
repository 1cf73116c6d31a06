import Glibc
import PluginABI
import Wire

/// A plugin table around the foreign function, so that a worker serves it as it serves any scorer.
enum ForeignTable {
    nonisolated(unsafe) private static var loaded: ForeignFunction?
    // nonisolated(unsafe): written once, before the table is handed out, and read on the same thread: a worker has
    // one, and one library.

    private static let noMemory =
        "no memory for the copies of the columns; sandbox.memoryMegabytes allows more"

    static func make(_ function: ForeignFunction) -> UnsafePointer<mneme_plugin_table> {
        loaded = function
        let table = UnsafeMutablePointer<mneme_plugin_table>.allocate(capacity: 1)
        memset(table, 0, MemoryLayout<mneme_plugin_table>.size)
        table.pointee.magic = UInt32(MNEME_MAGIC)
        table.pointee.struct_size = UInt32(MemoryLayout<mneme_plugin_table>.size)
        table.pointee.abi_major = UInt32(MNEME_ABI_MAJOR)
        table.pointee.abi_minor = UInt32(MNEME_ABI_MINOR)
        // strdup: as long as the process, as the header asks of a table.
        table.pointee.id = UnsafePointer(strdup(function.order.id))
        table.pointee.version = UnsafePointer(strdup(function.order.version))
        table.pointee.create = { config, _, info, model, _ in
            guard let config, let info, let model, let function = ForeignTable.loaded,
                Int(config.pointee.row_column_count) == function.order.columnCount
            else { return mneme_status(MNEME_SCHEMA) }
            info.pointee.heads = 1
            // Unretained: `loaded` keeps it as long as the process.
            model.pointee = OpaquePointer(Unmanaged.passUnretained(function).toOpaque())
            return mneme_status(MNEME_OK)
        }
        table.pointee.destroy = { _ in }
        table.pointee.score = { model, _, batch, scores, error in
            guard let model, let batch, let scores, let error else { return mneme_status(MNEME_INVALID) }
            // Unretained: as above.
            let status = Unmanaged<ForeignFunction>.fromOpaque(UnsafeRawPointer(model)).takeUnretainedValue()
                .score(batch, scores)
            if status == MNEME_MEMORY {
                // The host zeroed it, so it ends where the text does.
                withUnsafeMutableBytes(of: &error.pointee.message) {
                    $0.copyBytes(from: ForeignTable.noMemory.utf8)
                }
            }
            return status
        }
        return UnsafePointer(table)
    }
}
