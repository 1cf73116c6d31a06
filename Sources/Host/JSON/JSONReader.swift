/// JSON (RFC 8259) over bytes, for files that people write: keeps line and column per value, refuses
/// duplicate keys, trailing commas, comments, nesting beyond 64 and bad UTF-8.
///
/// Foundation's decoder gives no line, takes trailing commas and accepts duplicate keys silently.
package struct JSONReader {
    package static let maximumDepth = 64

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    /// Index of the first byte of the line, less continuation bytes seen since.
    private var lineStart = 0

    package static func read(_ bytes: [UInt8]) throws(JSONError) -> JSONNode {
        var reader = JSONReader(bytes: bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw JSONError(reader.position, "the file begins with a byte order mark; save it as plain UTF-8")
        }
        let node = try reader.value(depth: 0)
        reader.skipSpace()
        if reader.index < bytes.count {
            throw JSONError(
                reader.position, "\(reader.here) after the end of the value; allowed: nothing more")
        }
        return node
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var position: TextPosition { TextPosition(line: line, column: index - lineStart + 1) }
    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// The byte at hand, for messages.
    private var here: String {
        guard let byte = current else { return "the end of the file" }
        return byte > 0x20 && byte < 0x7F
            ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x\(String(byte, radix: 16, uppercase: true))"
    }

    private mutating func skipSpace() {
        while let byte = current {
            switch byte {
            case 0x20, 0x09, 0x0D: index += 1
            case 0x0A:
                index += 1
                line += 1
                lineStart = index
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONNode {
        skipSpace()
        let start = position
        guard depth <= Self.maximumDepth else {
            throw JSONError(start, "nested deeper than \(Self.maximumDepth)")
        }
        switch current {
        case UInt8(ascii: "{"): return JSONNode(value: try object(depth: depth), position: start)
        case UInt8(ascii: "["): return JSONNode(value: try array(depth: depth), position: start)
        case UInt8(ascii: "\""): return JSONNode(value: .string(try string()), position: start)
        case UInt8(ascii: "t"): return JSONNode(value: try word("true", .bool(true)), position: start)
        case UInt8(ascii: "f"): return JSONNode(value: try word("false", .bool(false)), position: start)
        case UInt8(ascii: "n"): return JSONNode(value: try word("null", .null), position: start)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            return JSONNode(value: try number(), position: start)
        case UInt8(ascii: "/"), UInt8(ascii: "#"):
            throw JSONError(start, "\(here): JSON has no comments; use a key \"note\"")
        default: throw JSONError(start, "\(here) where a value belongs")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONNode.Value {
        index += 1
        var members: [JSONMember] = []
        var seen: [String: TextPosition] = [:]
        skipSpace()
        if current == UInt8(ascii: "}") {
            index += 1
            return .object(members)
        }
        while true {
            skipSpace()
            let keyPosition = position
            guard current == UInt8(ascii: "\"") else {
                let isComma = current == UInt8(ascii: "}") && !members.isEmpty
                throw JSONError(
                    keyPosition,
                    isComma
                        ? "'}' after a comma; take the comma out" : "\(here) where a key in quotes belongs")
            }
            let key = try string()
            if let first = seen[key] {
                throw JSONError(keyPosition, "key \"\(key)\" appears twice; first at \(first)")
            }
            seen[key] = keyPosition
            skipSpace()
            guard current == UInt8(ascii: ":") else {
                throw JSONError(position, "\(here) after the key \"\(key)\"; allowed: ':'")
            }
            index += 1
            members.append(
                JSONMember(key: key, keyPosition: keyPosition, node: try value(depth: depth + 1)))
            if try !another(closing: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONNode.Value {
        index += 1
        var items: [JSONNode] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            index += 1
            return .array(items)
        }
        while true {
            skipSpace()
            if current == UInt8(ascii: "]") {
                throw JSONError(position, "']' after a comma; take the comma out")
            }
            items.append(try value(depth: depth + 1))
            if try !another(closing: UInt8(ascii: "]")) { return .array(items) }
        }
    }

    /// Reads ',' (true) or the closing byte (false).
    private mutating func another(closing: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        if current == UInt8(ascii: ",") {
            index += 1
            return true
        }
        guard current == closing else {
            throw JSONError(
                position, "\(here); allowed: ',' or '\(Character(UnicodeScalar(closing)))'")
        }
        index += 1
        return false
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONNode.Value
    ) throws(JSONError) -> JSONNode.Value {
        let start = position
        let length = word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { bytes[index...].starts(with: $0) }
        guard matches else { throw JSONError(start, "an unknown word; allowed: true, false, null") }
        index += length
        return value
    }

    private mutating func number() throws(JSONError) -> JSONNode.Value {
        let start = index
        let startPosition = position
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }
        if current == UInt8(ascii: "-") { index += 1 }
        guard isDigit(current) else { throw JSONError(position, "\(here) where a digit belongs") }
        if current == UInt8(ascii: "0") {
            index += 1
            if isDigit(current) { throw JSONError(startPosition, "a number must not begin with 0") }
        }
        while isDigit(current) { index += 1 }
        var isIntegral = true
        if current == UInt8(ascii: ".") {
            isIntegral = false
            index += 1
            guard isDigit(current) else { throw JSONError(position, "\(here) where a digit belongs") }
            while isDigit(current) { index += 1 }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isIntegral = false
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            guard isDigit(current) else { throw JSONError(position, "\(here) where a digit belongs") }
            while isDigit(current) { index += 1 }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let number = Double(text), number.isFinite else {
            throw JSONError(startPosition, "the number \(text.prefix(40)) is too large")
        }
        return .number(number, isIntegral: isIntegral)
    }
}

// Strings: escapes, and UTF-8 checked byte by byte so that columns count characters.
extension JSONReader {
    private mutating func string() throws(JSONError) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20:
                throw JSONError(position, "\(here) inside a string; write it as an escape")
            case 0x20..<0x80:
                text.append(byte)
                index += 1
            default: try sequence(into: &text)
            }
        }
        throw JSONError(position, "the file ends inside a string")
    }

    /// One character of two to four bytes.
    private mutating func sequence(into text: inout [UInt8]) throws(JSONError) {
        let first = bytes[index]
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        let end = min(index + length, bytes.count)
        guard first >= 0xC2, first <= 0xF4,
            let scalar = String(validating: bytes[index..<end], as: UTF8.self),
            scalar.unicodeScalars.count == 1
        else {
            throw JSONError(position, "bytes that aren't UTF-8, beginning with \(here)")
        }
        text += bytes[index..<end]
        index = end
        lineStart += length - 1
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        let start = position
        index += 1
        let byte = current
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[index - 1])
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try hex(start)
            if unit >= 0xD800 && unit < 0xDC00 {
                guard current == UInt8(ascii: "\\"), index + 1 < bytes.count,
                    bytes[index + 1] == UInt8(ascii: "u")
                else { throw JSONError(start, "half of a surrogate pair") }
                index += 2
                let low = try hex(start)
                guard low >= 0xDC00 && low < 0xE000 else {
                    throw JSONError(start, "half of a surrogate pair")
                }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = UnicodeScalar(unit) else {
                throw JSONError(start, "half of a surrogate pair")
            }
            text += Array(String(Character(scalar)).utf8)
        default:
            throw JSONError(start, "an unknown escape; allowed: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")
        }
    }

    private mutating func hex(_ start: TextPosition) throws(JSONError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw JSONError(start, "the file ends inside an escape") }
        var unit: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
                throw JSONError(start, "\\u needs four hexadecimal digits")
            }
            unit = unit * 16 + UInt32(digit)
        }
        index += 4
        return unit
    }
}

/// The text isn't JSON, and where it stops being it.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    package let position: TextPosition
    package let message: String

    init(_ position: TextPosition, _ message: String) {
        self.position = position
        self.message = message
    }

    package var description: String { "\(position): \(message)" }
}
