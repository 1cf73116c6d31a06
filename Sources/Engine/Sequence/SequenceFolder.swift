import Foundation

/// What a folder of sequences holds, told by the files in it: the one switch between kinds of data.
package enum SequenceFolder: Sendable {
    /// `dev/sequences.tsv.gz`: a user's items in order, without times.
    case sequences(URL)
    /// `dev/interactions.tsv.gz`: user, item, rating, Unix seconds.
    case interactions(URL)

    package init(_ path: String) throws {
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        func file(_ name: String) -> URL? {
            let place = folder.appendingPathComponent("dev/\(name)")
            return FileManager.default.fileExists(atPath: place.path) ? place : nil
        }
        if let place = file("sequences.tsv.gz") {
            self = .sequences(place)
        } else if let place = file("interactions.tsv.gz") {
            self = .interactions(place)
        } else {
            throw EngineError(
                .invalidInput,
                "\(path) holds no sequences: neither dev/sequences.tsv.gz nor dev/interactions.tsv.gz is there")
        }
    }

    package func read() throws -> SequenceSet {
        switch self {
        case .sequences(let file): try SequenceSet(sequences: file)
        case .interactions(let file): try SequenceSet(interactions: file)
        }
    }
}
