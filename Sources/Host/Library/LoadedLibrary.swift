import Platform
import PluginABI

/// A library in memory: for ever (DESIGN §4). Bytes that were loaded once are reused.
struct LoadedLibrary: @unchecked Sendable {
    // @unchecked Sendable: `table` points to constant memory of an object that is never unmapped.
    let table: UnsafePointer<mneme_plugin_table>
    let path: String

    /// Loads a private copy that has passed `ELFImage`, and proves the table.
    init(copy path: String, manifest: Manifest) throws(HostError) {
        let mode = mneme_get_float_mode()
        guard let handle = mneme_dlopen(path) else {
            throw HostError(.load, "dlopen: \(dlerror().map { String(cString: $0) } ?? "unknown error")")
        }
        if mneme_get_float_mode() != mode {
            mneme_set_float_mode(mode)
            throw HostError(.load, "changed the floating-point mode while loading (linked with -ffast-math?); rebuild it without")
        }
        guard let symbol = dlsym(handle, MNEME_ENTRY_SYMBOL) else {
            throw HostError(.load, "has no function \(MNEME_ENTRY_SYMBOL): export it with MNEME_EXPORT")
        }
        if let owner = mneme_object_of(symbol), String(cString: owner) != path {
            throw HostError(.load, "\(MNEME_ENTRY_SYMBOL) comes from \(String(cString: owner)), not from the library")
        }
        // The header gives the one export this type.
        let entry = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<mneme_plugin_table>?).self)
        guard let table = entry() else { throw HostError(.load, "\(MNEME_ENTRY_SYMBOL)() returned null") }
        let plugin = table.pointee
        guard plugin.magic == MNEME_MAGIC else {
            throw HostError(.load, "the table begins with 0x\(String(plugin.magic, radix: 16)); a Mneme plugin has 0x\(String(MNEME_MAGIC, radix: 16))")
        }
        guard plugin.abi_major == MNEME_ABI_MAJOR else {
            throw HostError(.load, "is built for ABI \(plugin.abi_major).\(plugin.abi_minor); this host speaks \(MNEME_ABI_MAJOR).\(MNEME_ABI_MINOR): rebuild it with this host's header")
        }
        let least = MemoryLayout<mneme_plugin_table>.size
        guard plugin.struct_size >= least else { throw HostError(.load, "the table has \(plugin.struct_size) bytes; ABI \(MNEME_ABI_MAJOR).0 has \(least)") }
        guard plugin.create != nil, plugin.destroy != nil, plugin.score != nil else {
            throw HostError(.load, "create, destroy and score must not be null")
        }
        for (name, pointer, claimed) in [("id", plugin.id, manifest.id), ("version", plugin.version, manifest.version)] {
            let actual = pointer.map { String(cString: $0) } ?? "null"
            if actual != claimed { throw HostError(.load, "the table's \(name) is \"\(actual)\", the manifest says \"\(claimed)\"") }
        }
        if manifest.abiMajor != Int(plugin.abi_major) {
            throw HostError(.load, "the table's ABI is \(plugin.abi_major), the manifest says \(manifest.abiMajor)")
        }
        self.table = table
        self.path = path
    }
}
