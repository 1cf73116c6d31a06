import Foundation
import Gate
import Host

/// Puts a trained gate where plugins.json names it.
package enum GateWriter {
    /// Writes beside and renames into place: a process that serves sees the old file or the new one.
    ///
    /// - Returns: SHA-256 of the file, for the pin.
    /// - Throws: `EngineError` for numbers that no host would read, the system's error for a file that can't be written.
    package static func write(_ weights: GateWeights, to path: String) throws -> String {
        if let problem = weights.problem { throw EngineError(.invalidInput, "this gate can't serve: \(problem)") }
        let bytes = Array(weights.json.utf8)
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        return SHA256.hexadecimal(of: bytes)
    }
}
