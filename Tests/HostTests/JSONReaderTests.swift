import Host
import Testing

@Suite struct JSONReaderTests {
    private func failure(_ text: String) -> JSONError? {
        do {
            _ = try JSONReader.read(Array(text.utf8))
            return nil
        } catch { return error }
    }

    @Test func valuesKnowTheirPlace() throws {
        let root = try JSONReader.read(Array("{\n  \"ä\": [1,\n   true]\n}".utf8))
        guard case .object(let members) = root.value, case .array(let items) = members[0].node.value else {
            Issue.record("not an object with a list")
            return
        }
        #expect(members[0].keyPosition == TextPosition(line: 2, column: 3))
        // ä is two bytes and one character.
        #expect(members[0].node.position == TextPosition(line: 2, column: 8))
        #expect(items[1].position == TextPosition(line: 3, column: 4))
    }

    @Test(arguments: [
        ("{\"a\":1,\n \"a\":2}", "line 2, column 2: key \"a\" appears twice; first at line 1, column 2"),
        ("[1,]", "line 1, column 4: ']' after a comma; take the comma out"),
        ("{\"a\":1,}", "line 1, column 8: '}' after a comma; take the comma out"),
        ("// x", "line 1, column 1: '/': JSON has no comments; use a key \"note\""),
        ("\"\u{1}\"", "line 1, column 2: byte 0x1 inside a string; write it as an escape"),
        ("[1 2]", "line 1, column 4: '2'; allowed: ',' or ']'"),
        ("", "line 1, column 1: the end of the file where a value belongs"),
        ("\"\\ud800x\"", "line 1, column 2: half of a surrogate pair"),
        ("1e999", "line 1, column 1: the number 1e999 is too large"),
    ])
    func whatIsntJSONIsRefusedWithItsPlace(text: String, message: String) {
        #expect(failure(text)?.description == message)
    }

    @Test func badUTF8IsRefused() {
        #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xE2, 0x82]) }
        #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xED, 0xA0, 0x80, 0x22]) }
    }

    @Test func nestingEndsAt64() {
        #expect(failure(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == nil)
        #expect(failure(String(repeating: "[", count: 200_000))?.message == "nested deeper than 64")
    }

    @Test func anyBytesAreReadOrRefused() {
        var random = SplitMix(state: 7)
        let seed = Array("{\"version\":1,\"note\":\"\\u00e4ä\",\"x\":[1.5e3,true,null]}".utf8)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int(random.next() % 4) + 1 {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = try? JSONReader.read(Array(bytes.prefix(Int(random.next() % UInt64(bytes.count + 1)))))
        }
    }
}

/// Seeded, so that a failure comes again.
struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
