import Foundation
import Testing

@testable import mneme

/// `mneme plugin new`; Tests/ExamplesTests builds and loads what it writes.
@Suite struct PluginNewTests {
    private let place = FileManager.default.temporaryDirectory.path + "/mneme-new-\(UUID().uuidString)"

    @Test func writesTheFolderAndSaysWhatToDoNext() throws {
        defer { try? FileManager.default.removeItem(atPath: place) }
        let run = Run("plugin", "new", "my-scorer", "--language", "c", "--folder", place)
        #expect(run.status == 0)
        #expect(
            run.output == """
                my-scorer  c  \(place)
                  wrote  scorer.c, mneme_plugin.h, Makefile, .gitignore, plugins.json
                  build  make -C \(place)
                  look   mneme plugin info \(place)/my-scorer.so
                  check  mneme plugin check \(place)/my-scorer.so
                  try    mneme search "backups" --config \(place)/plugins.json
                  keep   in "scorers" of your plugins.json, with the sha256 that `plugin info` prints:
                         { "id": "my-scorer", "library": { "path": "\(place)/my-scorer.so", "sha256": "SHA256" }, "tier": "watched", "deadlineMilliseconds": 5 }

                """)
        for file in ["scorer.c", "mneme_plugin.h", "Makefile", "plugins.json"] {
            #expect(FileManager.default.fileExists(atPath: "\(place)/\(file)"))
        }
    }

    @Test func somebodysFilesAreNeverWrittenOver() throws {
        defer { try? FileManager.default.removeItem(atPath: place) }
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try "mine".write(toFile: "\(place)/scorer.c", atomically: true, encoding: .utf8)
        let run = Run("plugin", "new", "a", "--language", "c", "--folder", place)
        #expect(run.status == RunStatus.cannotCreate.rawValue)
        #expect(run.error.contains("the folder isn't empty") && run.error.contains("found: scorer.c"))
        #expect(try String(contentsOfFile: "\(place)/scorer.c", encoding: .utf8) == "mine")
        let onFile = Run("plugin", "new", "a", "--language", "c", "--folder", "\(place)/scorer.c")
        #expect(onFile.status == RunStatus.cannotCreate.rawValue && onFile.error.contains("it is a file"))
    }

    @Test(arguments: ["My", "a b", "ä", "", "a/b", "a.b", "_a", "a\"", String(repeating: "a", count: 65)])
    func aNameThatWouldNeedQuotingIsRefused(name: String) {
        let run = Run("plugin", "new", name, "--language", "c", "--folder", place)
        #expect(run.status == RunStatus.usage.rawValue && run.error.contains("allowed: 1 to 64 of a–z"))
        #expect(!FileManager.default.fileExists(atPath: place))
    }

    @Test func aSwiftScorerNeedsTheSources() {
        let run = Run("plugin", "new", "a", "--language", "swift", "--sdk", "/usr", "--folder", place)
        #expect(run.status == RunStatus.missingInput.rawValue && run.error.contains("Sources/PluginSDK"))
        #expect(!FileManager.default.fileExists(atPath: place))
    }
}
