import Foundation
import FuzzTargets
import Testing

/// Every input that the fuzzer found worth keeping, read once more: none may crash a parser.
@Suite struct FuzzCorpusTests {
    private static let folder = Fixtures.root.appending(path: "Fuzz/Corpus")

    @Test(arguments: FuzzTarget.all.map(\.name)) func theCorpusIsReadWithoutACrash(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.folder.appending(path: name), includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files { try Data(contentsOf: file).withUnsafeBytes(target.run) }
    }

    @Test func everyCorpusHasItsTarget() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            !$0.hasPrefix(".")
        }
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    }
}
