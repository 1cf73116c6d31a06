#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a text stops being JSON.
package struct JSONSyntaxError: Error, Sendable, Equatable {
    /// In bytes from the start of the text.
    package let offset: Int
    package let message: String
}

/// RFC 8259 over bytes, without Foundation: strict, no recursion beyond 64 levels, no read past the end.
///
/// Two leniencies, both because SQLite or UTF-8 can't hold what JSON can say: `\u0000` and a surrogate
/// without its partner become U+FFFD.
package struct JSONParser {
    package static let maximumDepth = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var depth = 0
    private var scratch: [UInt8] = []
    /// Keys that an object repeats, with the offset of the repeated key. The last value counts.
    package private(set) var duplicateKeys: [(key: String, offset: Int)] = []

    /// Borrows `bytes` for its own lifetime.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Parses the whole text as one value.
    package mutating func parse() throws(JSONSyntaxError) -> JSONValue {
        skipWhitespace()
        let value = try parseValue()
        skipWhitespace()
        guard index == bytes.count else { throw error("found \(here), expected the end of the record") }
        return value
    }

    /// Parses a string, for tests and small texts.
    package static func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue {
        var text = text
        let result: Result<JSONValue, JSONSyntaxError> = text.withUTF8 { bytes in
            var parser = JSONParser(bytes)
            do throws(JSONSyntaxError) { return .success(try parser.parse()) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    // MARK: Values

    private mutating func parseValue() throws(JSONSyntaxError) -> JSONValue {
        guard index < bytes.count else { throw error("the record ends where a value is expected") }
        switch bytes[index] {
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "{"):
            return try nested { (parser) throws(JSONSyntaxError) in try parser.parseObject() }
        case UInt8(ascii: "["):
            return try nested { (parser) throws(JSONSyntaxError) in try parser.parseArray() }
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return .number(try parseNumber())
        default: throw error("found \(here), expected a value")
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(JSONSyntaxError) -> JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        guard depth < Self.maximumDepth else {
            throw error("nested more than \(Self.maximumDepth) levels deep")
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func parseObject() throws(JSONSyntaxError) -> JSONValue {
        index += 1
        var members: [JSONMember] = []
        var seen: Set<String>?  // only for objects too large for a linear look
        skipWhitespace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            let keyOffset = index
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw error("found \(here), expected a key in double quotes")
            }
            let key = try parseString()
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { throw error("found \(here), expected \":\" after the key") }
            skipWhitespace()
            let start = index
            let value = try parseValue()

            if members.count == 32 { seen = Set(members.lazy.map(\.key)) }
            let isRepeated: Bool
            if seen != nil {
                isRepeated = !(seen?.insert(key).inserted ?? true)
            } else {
                isRepeated = members.contains { $0.key == key }
            }
            if isRepeated { duplicateKeys.append((key, keyOffset)) }
            members.append(JSONMember(key: key, value: value, range: start..<index))

            skipWhitespace()
            if take(UInt8(ascii: ",")) {
                skipWhitespace()
                continue
            }
            guard take(UInt8(ascii: "}")) else { throw error("found \(here), expected \",\" or \"}\"") }
            return .object(members)
        }
    }

    private mutating func parseArray() throws(JSONSyntaxError) -> JSONValue {
        index += 1
        skipWhitespace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        var numbers: [Double] = []
        var mixed: [JSONValue]?
        while true {
            if mixed == nil, index < bytes.count,
                bytes[index] == UInt8(ascii: "-") || bytes[index] &- 0x30 < 10
            {
                numbers.append(try parseNumber())
            } else {
                let value = try parseValue()
                if mixed == nil { mixed = numbers.map(JSONValue.number) }
                mixed?.append(value)
            }
            skipWhitespace()
            if take(UInt8(ascii: ",")) {
                skipWhitespace()
                continue
            }
            guard take(UInt8(ascii: "]")) else { throw error("found \(here), expected \",\" or \"]\"") }
            return mixed.map(JSONValue.array) ?? .numbers(numbers)
        }
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws(JSONSyntaxError)
        -> JSONValue
    {
        let length = word.utf8CodeUnitCount
        guard bytes.count - index >= length, let start = bytes.baseAddress,
            memcmp(start + index, word.utf8Start, length) == 0
        else { throw error("found \(here), expected a value") }
        index += length
        return value
    }

    // MARK: Numbers

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
        1e19, 1e20, 1e21, 1e22,
    ]

    private mutating func parseNumber() throws(JSONSyntaxError) -> Double {
        let start = index
        let isNegative = take(UInt8(ascii: "-"))
        var mantissa: UInt64 = 0
        var significantDigits = 0
        var exponent = 0

        guard index < bytes.count, bytes[index] &- 0x30 < 10 else {
            throw error("found \(here), expected a digit")
        }
        if take(UInt8(ascii: "0")) {
            if index < bytes.count, bytes[index] &- 0x30 < 10 { throw error("a number starts with 0") }
        } else {
            while index < bytes.count, bytes[index] &- 0x30 < 10 {
                if significantDigits < 19 { mantissa = mantissa &* 10 &+ UInt64(bytes[index] &- 0x30) }
                significantDigits += 1
                index += 1
            }
        }
        if take(UInt8(ascii: ".")) {
            guard index < bytes.count, bytes[index] &- 0x30 < 10 else {
                throw error("found \(here), expected a digit after the point")
            }
            while index < bytes.count, bytes[index] &- 0x30 < 10 {
                let digit = bytes[index] &- 0x30
                if significantDigits < 19 {
                    mantissa = mantissa &* 10 &+ UInt64(digit)
                    exponent -= 1
                }
                if significantDigits > 0 || digit > 0 { significantDigits += 1 }
                index += 1
            }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            let isSmall = take(UInt8(ascii: "-"))
            if !isSmall { _ = take(UInt8(ascii: "+")) }
            guard index < bytes.count, bytes[index] &- 0x30 < 10 else {
                throw error("found \(here), expected a digit in the exponent")
            }
            var stated = 0
            while index < bytes.count, bytes[index] &- 0x30 < 10 {
                if stated < 100_000 { stated = stated * 10 + Int(bytes[index] &- 0x30) }
                index += 1
            }
            exponent += isSmall ? -stated : stated
        }

        // Exact: a mantissa below 2^53 and a power of ten that a double holds, so one rounding (Clinger 1990).
        if significantDigits < 19, mantissa < 1 << 53, exponent.magnitude <= 22 {
            let power = Self.powersOfTen[Int(exponent.magnitude)]
            let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
            return isNegative ? -value : value
        }
        // Not strtod: that one takes the decimal point from the locale.
        let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)) ?? .infinity
        guard value.isFinite else { throw JSONSyntaxError(offset: start, message: "number out of range") }
        return value
    }

    // MARK: Strings

    private mutating func parseString() throws(JSONSyntaxError) -> String {
        let opening = index
        index += 1
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                let text = try decode(UnsafeBufferPointer(rebasing: bytes[start..<index]), at: start)
                index += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try parseEscapedString(from: start, opening: opening) }
            if byte < 0x20 { throw error("a control character in a string must be escaped") }
            index += 1
        }
        throw JSONSyntaxError(offset: opening, message: "a string without its closing quote")
    }

    private mutating func parseEscapedString(from start: Int, opening: Int) throws(JSONSyntaxError) -> String
    {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                let decoded = scratch.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
                guard let decoded else {
                    throw JSONSyntaxError(offset: start, message: "a string that isn't valid UTF-8")
                }
                return decoded
            case UInt8(ascii: "\\"):
                index += 1
                try parseEscape()
            case 0..<0x20:
                throw error("a control character in a string must be escaped")
            default:
                scratch.append(byte)
                index += 1
            }
        }
        throw JSONSyntaxError(offset: opening, message: "a string without its closing quote")
    }

    private mutating func parseEscape() throws(JSONSyntaxError) {
        guard index < bytes.count else { throw error("the record ends inside an escape") }
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(byte)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "u"):
            index += 1
            try parseUnicodeEscape()
            return
        default: throw error("\\ followed by \(here), allowed: \" \\ / b f n r t u")
        }
        index += 1
    }

    private mutating func parseUnicodeEscape() throws(JSONSyntaxError) {
        let first = try parseFourHexDigits()
        var code = first
        if first & 0xFC00 == 0xD800, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        {
            let beforeSecond = index
            index += 2
            let second = try parseFourHexDigits()
            if second & 0xFC00 == 0xDC00 {
                code = 0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF)
            } else {
                index = beforeSecond  // not a partner: it stands for itself
            }
        }
        let scalar = code == 0 ? "\u{FFFD}" : Unicode.Scalar(code) ?? "\u{FFFD}"
        scratch.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func parseFourHexDigits() throws(JSONSyntaxError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard index < bytes.count else { throw error("the record ends inside a \\u escape") }
            let byte = bytes[index]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - 0x57)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - 0x37)
            default: throw error("found \(here), expected four hexadecimal digits after \\u")
            }
            index += 1
        }
        return value
    }

    private func decode(_ part: UnsafeBufferPointer<UInt8>, at offset: Int) throws(JSONSyntaxError) -> String
    {
        guard let text = String(validating: part, as: UTF8.self) else {
            throw JSONSyntaxError(offset: offset, message: "a string that isn't valid UTF-8")
        }
        return text
    }

    // MARK: Cursor

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipWhitespace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    /// The byte at the cursor, for a message.
    private var here: String {
        guard index < bytes.count else { return "the end of the record" }
        let byte = bytes[index]
        return 0x21...0x7E ~= byte
            ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte 0x" + String(byte, radix: 16, uppercase: true)
    }

    private func error(_ message: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: index, message: message)
    }
}
