import Foundation
import Testing

@testable import Host

@Suite struct ELFImageTests {
    @Test func theManifestIsReadWithoutRunningCode() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: try Fixture().library)))
        let elf = try ELFImage(bytes)
        #expect(elf.exports == ["mneme_plugin"])
        #expect(try Manifest(parsing: elf.noteText ?? "").id == "fixture")
    }

    @Test func thousandsOfDamagedLibrariesAreRefusedOrReadAndNeverCrash() throws {
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: try Fixture().library)))
        var state: UInt64 = 7
        func next() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        for round in 0..<3000 {
            var bytes = whole
            // Headers are where damage hurts: most mutations fall there.
            for _ in 0...(next() % 6) { bytes[next() % (round % 2 == 0 ? 1024 : bytes.count)] = UInt8(truncatingIfNeeded: next()) }
            if round % 5 == 0 { bytes.removeLast(next() % bytes.count) }
            if let elf = try? ELFImage(bytes), let text = elf.noteText { _ = try? Manifest(parsing: text) }
        }
    }
}
