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
        let magic = table.pointee.magic
        guard magic == UInt32(MNEME_MAGIC) else {
            throw LoadError(.table, "magic \(hex(magic)); allowed: \(hex(UInt32(MNEME_MAGIC))) (\"MNM1\")")
        }
        guard table.pointee.abi_major == UInt32(MNEME_ABI_MAJOR) else {
            throw LoadError(
                .table, "ABI major \(table.pointee.abi_major); this host speaks \(MNEME_ABI_MAJOR)")
        }
        let size = MemoryLayout<mneme_plugin_table>.size
        guard table.pointee.struct_size >= UInt32(size) else {
            throw LoadError(
                .table, "a table of \(table.pointee.struct_size) bytes; version 1.0 has \(size)")
        }
        try checkSlots(table.pointee, manifest)
        try checkIdentity(table.pointee, manifest)
        return table
    }

    private static func checkSlots(_ table: mneme_plugin_table, _ manifest: Manifest) throws(LoadError) {
        for (name, isNull) in [
            ("create", table.create == nil), ("destroy", table.destroy == nil), ("score", table.score == nil),
        ] where isNull { throw LoadError(.table, "\(name) is null; it isn't optional") }
        guard (table.session_open == nil) == (table.session_close == nil) else {
            throw LoadError(.table, "session_open and session_close: one is null; allowed: both or neither")
        }
        if manifest.hasState && (table.export_state == nil || table.import_state == nil) {
            throw LoadError(.table, "the manifest declares state, but export_state or import_state is null")
        }
        if manifest.learns && table.observe == nil {
            throw LoadError(.table, "the manifest says learns, but observe is null")
        }
    }

    private static func checkIdentity(_ table: mneme_plugin_table, _ manifest: Manifest) throws(LoadError) {
        let pairs = [
            ("id", text(table.id), manifest.id), ("version", text(table.version), manifest.version),
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
