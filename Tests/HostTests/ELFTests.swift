import Foundation
import Host
import Testing

@Suite struct ELFTests {
    private func refusal(_ bytes: [UInt8]) -> String? {
        do {
            _ = try ELFImage.read(bytes)
            return nil
        } catch { return error.message }
    }

    @Test func aGoodLibraryIsReadWithoutRunningIt() throws {
        let image = try ELFImage.read(Fixtures.bytes("good_logistic"))
        #expect(image.exports == ["mneme_plugin"])
        #expect(image.uniqueSymbols.isEmpty)
        #expect(image.needed.contains("libc.so.6"))
        let manifest = try Manifest.read(try #require(image.manifest))
        #expect(manifest.id == "fixture")
        #expect(manifest.rowColumns.map(\.name) == ["a@1", "b@1", "c@1"])
        #expect(manifest.options.map(\.name) == ["bias", "steps", "loud", "mode"])
    }

    @Test(arguments: Array(10...99)) func truncatedLibrariesAreRefused(percent: Int) throws {
        let bytes = try Fixtures.bytes("good_logistic")
        let message = try #require(refusal(Array(bytes.prefix(bytes.count * percent / 100))))
        #expect(message.hasPrefix("truncated") || message.contains("header"), "\(message)")
    }

    @Test func whatIsntALibraryIsRefused() throws {
        #expect(
            refusal(Array("hello, this is a text and no library at all; it is longer than 64 bytes".utf8))
                == "not an ELF file: it begins with 68 65 6c 6c; allowed: 7f 45 4c 46")
        #expect(refusal([])?.contains("0 bytes") == true)
        var bytes = try Fixtures.bytes("good_logistic")
        bytes[18] = 0x28
        #expect(refusal(bytes)?.hasPrefix("built for machine 40; allowed:") == true)
        bytes = try Fixtures.bytes("good_logistic")
        bytes[4] = 1
        #expect(refusal(bytes)?.hasPrefix("class 1") == true)
        let program = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/bin/true")))
        #expect(refusal(program)?.contains("a program, not a library") == true)
    }

    /// Nothing that a file may say makes the reader crash or read outside.
    @Test func mutatedLibrariesNeverCrashTheReader() throws {
        let original = try Fixtures.bytes("good_logistic")
        var random = SplitMix(state: 1)
        var refused = 0
        var bytes = original
        for _ in 0..<20_000 {
            var undo: [(Int, UInt8)] = []
            for _ in 0..<Int(random.next() % 8) + 1 {
                // Mostly headers and the dynamic parts near them, where bytes mean something.
                let limit = random.next() % 4 == 0 ? original.count : min(original.count, 2048)
                let at = Int(random.next() % UInt64(limit))
                undo.append((at, bytes[at]))
                let extremes: [UInt8] = [0, 0xFF, 0x7F, 0x80]
                bytes[at] =
                    random.next() % 2 == 0
                    ? extremes[Int(random.next() % 4)] : UInt8(truncatingIfNeeded: random.next())
            }
            if let image = try? ELFImage.read(bytes) {
                _ = image.manifest.map { try? Manifest.read($0) }
            } else {
                refused += 1
            }
            for (at, byte) in undo.reversed() { bytes[at] = byte }
        }
        #expect(bytes == original)
        #expect(refused > 1000)
    }

    @Test func namesThatOverlapCantFillTheMemory() throws {
        #expect(try ELFImage.read(TinyLibrary.bytes(symbols: 3, nameBytes: 10)).exports == ["nnnnnnnnnn", "nnnnnnnnnn"])
        // 200 KB that would become 128 MB.
        #expect(throws: ELFError.self) { try ELFImage.read(TinyLibrary.bytes(symbols: 2_000, nameBytes: 65_536)) }
    }
}
