import Glibc
import PluginABI

/// The table that a plugin returns, compared with this host and with its own manifest.
enum PluginTable {
    static func check(
        _ table: UnsafePointer<mneme_plugin_table>?, _ manifest: Manifest
    ) throws(LoadError) -> UnsafePointer<mneme_plugin_table> {
        guard let table else { throw LoadError(.table, "\(MNEME_ENTRY_SYMBOL) returned null") }
        guard UInt(bitPattern: table) % UInt(MemoryLayout<mneme_plugin_table>.alignment) == 0 else {
            throw LoadError(.table, "\(MNEME_ENTRY_SYMBOL) returned an unaligned address")
        }
        // Before anything behind the first words is read: it may not be ours, or not as long.
        try checkHead(table.pointee)
        try check(table.pointee, id: text(table.pointee.id), version: text(table.pointee.version), manifest)
        return table
    }

    /// The same of a table that lies in another process: its pointers are only null or not.
    static func check(
        _ table: mneme_plugin_table, id: String?, version: String?, _ manifest: Manifest
    ) throws(LoadError) {
        try checkHead(table)
        try checkSlots(table, manifest)
        try checkIdentity(table, id, version, manifest)
    }

    private static func checkHead(_ table: mneme_plugin_table) throws(LoadError) {
        let magic = table.magic
        guard magic == UInt32(MNEME_MAGIC) else {
            throw LoadError(.table, "magic \(hex(magic)); allowed: \(hex(UInt32(MNEME_MAGIC))) (\"MNM1\")")
        }
        guard table.abi_major == UInt32(MNEME_ABI_MAJOR) else {
            throw LoadError(
                .table, "ABI major \(table.abi_major); this host speaks \(MNEME_ABI_MAJOR)")
        }
        let size = MemoryLayout<mneme_plugin_table>.size
        guard table.struct_size >= UInt32(size) else {
            throw LoadError(
                .table, "a table of \(table.struct_size) bytes; version 1.0 has \(size)")
        }
    }

    private static func checkSlots(_ table: mneme_plugin_table, _ manifest: Manifest) throws(LoadError) {
        for (name, isNull) in [
            ("create", table.create == nil), ("destroy", table.destroy == nil), ("score", table.score == nil),
        ] where isNull { throw LoadError(.table, "\(name) is null; it isn't optional") }
        guard (table.session_open == nil) == (table.session_close == nil) else {
            throw LoadError(.table, "session_open and session_close: one is null; allowed: both or neither")
        }
        if manifest.state != nil && (table.export_state == nil || table.import_state == nil) {
            throw LoadError(.table, "the manifest declares state, but export_state or import_state is null")
        }
        if manifest.learns && table.observe == nil {
            throw LoadError(.table, "the manifest says learns, but observe is null")
        }
    }

    private static func checkIdentity(
        _ table: mneme_plugin_table, _ id: String?, _ version: String?, _ manifest: Manifest
    ) throws(LoadError) {
        let pairs = [
            ("id", id, manifest.id), ("version", version, manifest.version),
        ]
        for (name, said, declared) in pairs where said != declared {
            throw LoadError(
                .table,
                "the manifest lies: its \(name) is \"\(declared)\", the library's is \(said.map { "\"\($0)\"" } ?? "null")"
            )
        }
        guard table.abi_minor == UInt32(manifest.abiMinor) else {
            throw LoadError(
                .table,
                "the manifest lies: its ABI is \(manifest.abiMajor).\(manifest.abiMinor), "
                    + "the library's is \(table.abi_major).\(table.abi_minor)")
        }
    }

    /// At most 256 bytes, should the terminator be missing.
    private static func text(_ pointer: UnsafePointer<CChar>?) -> String? {
        guard let pointer else { return nil }
        let bytes = UnsafeRawBufferPointer(start: pointer, count: strnlen(pointer, 256))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hex(_ number: UInt32) -> String { "0x" + String(number, radix: 16, uppercase: true) }
}
