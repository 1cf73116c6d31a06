import Foundation

/// How the Signet daemon starts its predictor: `--native-dim N --checkpoint PATH`, and nothing else reaches us.
/// Unknown arguments are ignored: that daemon may grow some.
package struct SidecarOptions: Sendable, Equatable {
    /// Width of its embeddings.
    package var nativeDimensions = 768
    package var checkpointPath: String?

    package init(arguments: [String]) {
        for (index, argument) in arguments.enumerated() where index + 1 < arguments.count {
            if argument == "--native-dim", let width = Int(arguments[index + 1]), width > 0 {
                nativeDimensions = width
            }
            if argument == "--checkpoint" { checkpointPath = arguments[index + 1] }
        }
    }

    /// On a new installation the folder isn't there, and the daemon doesn't make it.
    package func createCheckpointFolder() {
        guard let checkpointPath else { return }
        try? FileManager.default.createDirectory(
            at: URL(fileURLWithPath: checkpointPath).deletingLastPathComponent(),
            withIntermediateDirectories: true)
    }

    /// The reference server's own format: recognised, never overwritten.
    var holdsForeignCheckpoint: Bool {
        guard let checkpointPath, let handle = FileHandle(forReadingAtPath: checkpointPath) else {
            return false
        }
        return (try? handle.read(upToCount: 4)) == Data("SGPT".utf8)
    }
}
