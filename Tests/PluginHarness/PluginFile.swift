import Foundation
import PluginABI

/// A plugin's shared library beside the running tests: its manifest, and its table.
package struct PluginFile {
    package let path: String
    package let manifest: String

    /// `name` as SwiftPM calls the product; the tests' executable lies in the folder of the products.
    package init(product name: String) throws {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        try self.init(
            path: URL(fileURLWithPath: executable).deletingLastPathComponent().path + "/lib\(name).so")
    }

    package init(path: String) throws {
        self.path = path
        manifest = try Self.note(in: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    package struct NoNote: Error {}

    /// The text behind the note's header. A search by bytes: the host's reader, which goes by the program
    /// headers, has tests of its own.
    private static func note(in file: Data) throws -> String {
        var header = Data()
        withUnsafeBytes(of: UInt32(MNEME_NOTE_TYPE).littleEndian) { header.append(contentsOf: $0) }
        header.append(contentsOf: Array("Mneme\0\0\0".utf8))
        guard let found = file.range(of: header), found.lowerBound >= 4 else { throw NoNote() }
        let length = file[(found.lowerBound - 4)..<found.lowerBound].reversed().reduce(0) {
            $0 << 8 | Int($1)
        }
        let text = file[found.upperBound..<(found.upperBound + length)].prefix { $0 != 0 }
        return String(decoding: text, as: UTF8.self)
    }

    /// Loads the library as the host does; it stays loaded, for it contains Swift code.
    package func load() throws -> UnsafePointer<mneme_plugin_table> {
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
            throw Refusal(status: 0, message: String(cString: dlerror()))
        }
        guard let symbol = dlsym(handle, MNEME_ENTRY_SYMBOL) else {
            throw Refusal(status: 0, message: "no \(MNEME_ENTRY_SYMBOL)")
        }
        // Unsafe: the contract gives this symbol this type.
        let entry = unsafeBitCast(symbol, to: mneme_plugin_function.self)
        // Force unwrap: a plugin that returns null should stop the tests.
        return entry()!
    }
}
