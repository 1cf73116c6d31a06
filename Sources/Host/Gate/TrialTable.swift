import PluginABI
import Wire

/// What a worker says of the library that it loaded: the table by value, and where things lie.
package struct TrialTable {
    // Not Sendable on purpose: the pointers of the table mean nothing in this process, only whether they are null.
    package let table: mneme_plugin_table
    package let id: String
    package let version: String
    /// The file that the entry lies in.
    package let file: String
    /// Table and functions that lie in another file; empty = all are its own.
    package let foreignSlots: String

    struct Damaged: Error {}

    init(_ payload: UnsafeRawBufferPointer) throws {
        var input = ByteReader(payload)
        let raw = try input.raw()
        guard raw.count == MemoryLayout<mneme_plugin_table>.size else { throw Damaged() }
        var table = mneme_plugin_table()
        withUnsafeMutableBytes(of: &table) { $0.copyBytes(from: raw) }
        self.table = table
        id = try input.text()
        version = try input.text()
        file = try input.text()
        foreignSlots = try input.text()
    }

    /// What this host would refuse; nil = nothing.
    package func problem(_ manifest: Manifest) -> LoadError? {
        do throws(LoadError) {
            try PluginTable.check(table, id: id, version: version, manifest)
            return nil
        } catch {
            return error
        }
    }

    /// Other code than the file's would run; nil = its own does.
    package func foreignCode(_ path: String) -> String? {
        guard Path.real(file) == Path.real(path) else {
            return "\(MNEME_ENTRY_SYMBOL) lies in \(file), not in \(path)"
        }
        return foreignSlots.isEmpty ? nil : foreignSlots
    }
}
