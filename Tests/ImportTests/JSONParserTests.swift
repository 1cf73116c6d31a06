import Foundation
import Testing

@testable import Engine

@Suite struct `Parsing JSON` {
    @Test func valuesOfEveryKindAreRead() throws {
        let value = try JSONParser.parse(
            #" {"a":[1,-2.5e3],"b":[1,"x"],"c":{},"d":[],"e":null,"f":true,"g":false} "#)
        #expect(value[key: "a"] == .numbers([1, -2500]))
        #expect(value[key: "b"] == .array([.number(1), .string("x")]))
        #expect(value[key: "c"] == .object([]))
        #expect(value[key: "d"] == .array([]))
        #expect(value[key: "e"] == .null && value[key: "f"] == .bool(true) && value[key: "g"] == .bool(false))
    }

    @Test func escapesAndSurrogatesBecomeCharacters() throws {
        #expect(
            try JSONParser.parse(#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z""#)
                == .string("a\"\\/\u{8}\u{c}\n\r\té😀z"))
    }

    @Test func whatNoTextCanHoldBecomesTheReplacementCharacter() throws {
        #expect(try JSONParser.parse(#""\u0000""#) == .string("\u{FFFD}"))
        #expect(try JSONParser.parse(#""\ud800x""#) == .string("\u{FFFD}x"))
        #expect(try JSONParser.parse(#""\ud800\u0041""#) == .string("\u{FFFD}A"))
        #expect(try JSONParser.parse(#""\udc00""#) == .string("\u{FFFD}"))
    }

    @Test(arguments: [
        ("", 0), ("{", 1), ("{\"a\"", 4), ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("[1,]", 3), ("[1 2]", 3),
        ("01", 1),
        ("-", 1), ("1.", 2), ("1e", 2), ("+1", 0), (".5", 0), ("NaN", 0), ("tru", 0), ("\"a", 0),
        ("\"\\x\"", 2),
        ("\"\\u12g4\"", 5), ("\"a\nb\"", 2), ("1 2", 2), ("{a:1}", 1), ("{'a':1}", 1), ("1e999", 0), ("[", 1),
        ("//", 0), ("\u{FEFF}1", 0),
    ])
    func whatIsNotJSONIsRefusedAtItsPlace(text: String, offset: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(text) }
        #expect(error?.offset == offset)
    }

    @Test func sixtyFourLevelsAreReadAndOneMoreIsRefused() throws {
        let deep = { (depth: Int) in
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONParser.parse(deep(64))
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(deep(65)) }
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(deep(1_000_000)) }
    }

    @Test func numbersAreRoundedAsTheStandardLibraryRoundsThem() throws {
        var random = SplitMix(state: 7)
        var texts = [
            "0", "-0", "9007199254740993", "123456789012345678901234567890", "1e22", "1e23", "4.9e-324",
            "1e-400",
            "0.1", "0.000000000000000000000000000001", "1.7976931348623157e308", "18446744073709551616",
            "0.30000000000000004",
        ]
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            if value.isFinite { texts.append("\(value)") }
            let single = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            if single.isFinite { texts.append("\(single)") }
        }
        for text in texts {
            guard case .number(let number) = try JSONParser.parse(text), let expected = Double(text) else {
                Issue.record("\(text)")
                return
            }
            if number.bitPattern != expected.bitPattern {
                Issue.record("\(text): \(number), expected \(expected)")
                return
            }
        }
    }

    @Test func twentyThousandRandomEditsNeverCrashAndWhatIsAcceptedIsValid() throws {
        let seeds = [
            #"{"id":"a","text":"Grüße \u00e9\ud83d\ude00 \"q\"","n":[1,2.5,-3e-2],"o":{"k":[true,false,null,{}]}}"#,
            #"[[],[[1]],{"a":{"b":{"c":"d"}}},"x",0.1,1e10]"#,
        ].map { Array($0.utf8) }
        var random = SplitMix(state: 42)
        var validCount = 0
        var disagreements: [String] = []
        for round in 0..<20_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<(1 + random.next() % 3) {
                let position = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[position] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: position)
                case 2:
                    bytes.insert(Array("\"\\{}[],:0-e.u \u{1}".utf8)[Int(random.next() % 15)], at: position)
                default: bytes = Array(bytes[..<max(1, position)])
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            let isValid = bytes.withUnsafeBufferPointer { buffer -> Bool in
                var parser = JSONParser(buffer)
                do throws(JSONSyntaxError) {
                    _ = try parser.parse()
                    return true
                } catch {
                    if !(0...buffer.count ~= error.offset) { disagreements.append("offset \(error.offset)") }
                    return false
                }
            }
            if isValid { validCount += 1 }
            // Foundation is the judge for every tenth one, and only of what we accept: it refuses nothing valid
            // but lone surrogates.
            if isValid, round % 10 == 0,
                (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) == nil
            {
                let text = String(decoding: bytes, as: UTF8.self)
                if !text.contains("\\ud8") && !text.contains("\\ude") && !text.contains("\\u") {
                    disagreements.append(text)
                }
            }
        }
        #expect(disagreements.isEmpty)
        #expect(validCount > 500)
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
