/// Why a weights file is refused, in the terms of the file.
package struct SafetensorsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    package let problem: String
    /// A tensor's name, a byte of the header, or the path.
    package let place: String
    package let found: String
    package let allowed: String

    package init(_ problem: String, at place: String, found: String, allowed: String) {
        self.problem = problem
        self.place = place
        // Names come from strangers' files and may be as long as the header.
        self.found = found.count > 120 ? String(found.prefix(120)) + "…" : found
        self.allowed = allowed
    }

    package var description: String { "\(place): \(problem); found \(found), allowed: \(allowed)" }
}
