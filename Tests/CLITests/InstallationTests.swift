import Foundation
import Testing

@testable import mneme

/// What `doctor` says of an installation, over folders made for the purpose.
@Suite struct InstallationTests {
    private static let complete = [
        "bin/mneme", "lib/mneme/swift/libswiftCore.so", "lib/mneme/plugins/libHeuristicScorer.so",
        "libexec/mneme/mneme-worker", "share/mneme/installed.txt",
    ]

    /// `level subject  detail` per finding with PREFIX for the folder, and remedies on lines of their own.
    private func told(
        _ files: [String], listed: [String] = complete, runtime: String = "lib/mneme/swift/libswiftCore.so"
    ) throws -> [String] {
        let prefix = URL(fileURLWithPath: NSTemporaryDirectory())
            .appendingPathComponent("mneme-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: prefix) }
        for file in files {
            let url = URL(fileURLWithPath: "\(prefix)/\(file)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            let text = file.hasSuffix("installed.txt") ? listed.joined(separator: "\n") + "\n" : ""
            try Data(text.utf8).write(to: url)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
        }
        let mapped = runtime.hasPrefix("/") ? runtime : "\(prefix)/\(runtime)"
        return Installation(executable: "\(prefix)/\(files[0])", mappedRuntime: mapped).findings().flatMap {
            ["\($0.level) \($0.subject)  \($0.detail)"] + ($0.remedy.map { ["do: \($0)"] } ?? [])
        }.map { $0.replacingOccurrences(of: prefix, with: "PREFIX") }
    }

    @Test func aCompleteInstallationSaysWhereEverythingIs() throws {
        #expect(
            try told(Self.complete) == [
                "ok executable  PREFIX/bin/mneme",
                "ok runtime  PREFIX/lib/mneme/swift: 1 libraries",
                "ok plugins  PREFIX/lib/mneme/plugins: libHeuristicScorer.so",
                "ok worker  PREFIX/libexec/mneme/mneme-worker",
            ])
    }

    @Test func whatIsMissingIsNamedWithWhatToDo() throws {
        let again = "do: run make install again with the same PREFIX"
        #expect(
            try told(["bin/mneme", "lib/mneme/swift/libswiftCore.so", "share/mneme/installed.txt"]) == [
                "ok executable  PREFIX/bin/mneme",
                "ok runtime  PREFIX/lib/mneme/swift: 1 libraries",
                "warning plugins  PREFIX/lib/mneme/plugins: no library",
                again + ", or name another folder in paths.plugins of plugins.json",
                "warning worker  none at PREFIX/bin/mneme-worker, PREFIX/libexec/mneme/mneme-worker: scorers run in this process",
                again,
                "warning installed  missing in PREFIX: lib/mneme/plugins/libHeuristicScorer.so",
                again,
            ])
    }

    @Test func aWorkerThatWasNeverInstalledIsNoWarning() throws {
        let files = Self.complete.filter { !$0.hasPrefix("libexec") }
        #expect(try told(files, listed: files).allSatisfy { $0.hasPrefix("ok ") })
    }

    @Test func anotherToolchainsRuntimeIsAWarning() throws {
        #expect(
            try told(Self.complete, runtime: "/opt/swift/usr/lib/swift/linux/libswiftCore.so").contains(
                "warning runtime  /opt/swift/usr/lib/swift/linux, not PREFIX/lib/mneme/swift"))
    }

    @Test func aBuildFolderIsNoInstallation() throws {
        #expect(try told([".build/release/mneme"]).isEmpty)
        #expect(try told(["bin/mneme"]).isEmpty)
    }
}
