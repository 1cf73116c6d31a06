import Glibc
import Platform
import PluginABI
import Wire

/// The one library of this process.
final class LoadedPlugin {
    let table: UnsafePointer<mneme_plugin_table>
    private let path: String
    var model: OpaquePointer?
    /// nil = a plugin, which speaks for itself.
    let foreign: ForeignFunction?

    struct Failure: Error {
        /// MNEME_LOAD_*
        let step: Int32
        let message: String
    }

    private init(_ table: UnsafePointer<mneme_plugin_table>, path: String) {
        self.table = table
        self.path = path
        foreign = nil
    }

    /// A function that knows nothing of Mneme.
    init(_ function: ForeignFunction) {
        table = ForeignTable.make(function)
        path = function.file
        foreign = function
    }

    static func open(_ path: String) -> Result<LoadedPlugin, Failure> {
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | platform_rtld_nodelete()) else {
            return .failure(Failure(step: MNEME_LOAD_OPEN, message: dlerror().map { String(cString: $0) } ?? "dlopen gave no reason"))
        }
        guard let symbol = dlsym(handle, MNEME_ENTRY_SYMBOL) else {
            return .failure(Failure(step: MNEME_LOAD_ENTRY, message: "\(MNEME_ENTRY_SYMBOL) can't be found"))
        }
        let file = file(of: symbol)
        // unsafeBitCast: dlsym gives an address; the header says what function stands there.
        let entry = unsafeBitCast(symbol, to: mneme_plugin_function.self)
        let table: UnsafePointer<mneme_plugin_table>? = entry()
        guard let table else { return .failure(Failure(step: MNEME_LOAD_TABLE, message: "\(MNEME_ENTRY_SYMBOL) returned null")) }
        guard UInt(bitPattern: table) % UInt(MemoryLayout<mneme_plugin_table>.alignment) == 0 else {
            return .failure(Failure(step: MNEME_LOAD_TABLE, message: "\(MNEME_ENTRY_SYMBOL) returned an unaligned address"))
        }
        return .success(LoadedPlugin(table, path: file))
    }

    /// The table as far as it goes, id, version and file, for the host to judge.
    var description: [UInt8] {
        var copy = [UInt8](repeating: 0, count: MemoryLayout<mneme_plugin_table>.size)
        // Magic and size come first; a table that isn't ours isn't read beyond them.
        let isOurs = table.pointee.magic == UInt32(MNEME_MAGIC)
        let known = isOurs ? min(Int(table.pointee.struct_size), copy.count) : 8
        _ = copy.withUnsafeMutableBytes { $0.baseAddress.map { memcpy($0, table, max(8, known)) } }
        var out = ByteWriter()
        copy.withUnsafeBytes { out.write($0) }
        let isWhole = known == copy.count && table.pointee.abi_major == UInt32(MNEME_ABI_MAJOR)
        out.write(isWhole ? Self.text(table.pointee.id) : "")
        out.write(isWhole ? Self.text(table.pointee.version) : "")
        out.write(path)
        out.write(isWhole ? foreignSlots : "")
        return out.bytes
    }

    /// Table and functions that lie in another file than the entry: that file's code would run.
    private var foreignSlots: String {
        let known = table.pointee
        // unsafeBitCast: function pointers are addresses here, looked up and never called.
        let slots: [(String, UnsafeRawPointer?)] = [
            ("the table", UnsafeRawPointer(table)), ("create", unsafeBitCast(known.create, to: UnsafeRawPointer?.self)),
            ("destroy", unsafeBitCast(known.destroy, to: UnsafeRawPointer?.self)),
            ("session_open", unsafeBitCast(known.session_open, to: UnsafeRawPointer?.self)),
            ("advance", unsafeBitCast(known.advance, to: UnsafeRawPointer?.self)),
            ("score", unsafeBitCast(known.score, to: UnsafeRawPointer?.self)),
            ("export_state", unsafeBitCast(known.export_state, to: UnsafeRawPointer?.self)),
            ("import_state", unsafeBitCast(known.import_state, to: UnsafeRawPointer?.self)),
            ("observe", unsafeBitCast(known.observe, to: UnsafeRawPointer?.self)),
        ]
        return slots.compactMap { name, address in
            guard let address else { return nil }
            let file = Self.file(of: address)
            // A table may be made on the heap, as Swift's is; code may not.
            if file.isEmpty && name == "the table" { return nil }
            return file == path ? nil : "\(name) lies in \(file.isEmpty ? "no file" : file)"
        }.joined(separator: ", ")
    }

    private static func file(of address: UnsafeRawPointer) -> String {
        var place = platform_symbol_info()
        return platform_dladdr(address, &place) != 0 ? place.file.map { String(cString: $0) } ?? "" : ""
    }

    /// At most 256 bytes, should the terminator be missing.
    private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
        guard let pointer else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: pointer, count: strnlen(pointer, 256)), as: UTF8.self)
    }
}
