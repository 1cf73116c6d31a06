/// One thing that is wrong with a file people wrote: where, what stands there, what may stand there.
package struct Complaint: Error, Sendable, Equatable, CustomStringConvertible {
    package let position: TextPosition
    /// Path of keys, such as `scorers[1].tier`; empty = the whole file.
    package let key: String
    package let found: String
    package let allowed: String

    package init(_ position: TextPosition, key: String, found: String, allowed: String) {
        self.position = position
        self.key = key
        self.found = found
        self.allowed = allowed
    }

    package var description: String {
        "\(position): \(key.isEmpty ? "" : "\(key): ")found \(found); allowed: \(allowed)"
    }
}
