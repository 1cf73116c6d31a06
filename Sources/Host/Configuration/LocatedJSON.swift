/// A place in a text: 1-based line, 1-based column in bytes.
package struct TextPlace: Sendable, Equatable, CustomStringConvertible {
    package var line: Int
    package var column: Int
    package var description: String { "line \(line), column \(column)" }
}

/// A JSON value that remembers where it stands, so that an error can say so.
package struct LocatedJSON: Sendable {
    package enum Kind: Sendable {
        case null, bool(Bool), number(Double, isInteger: Bool), string(String)
        case array([LocatedJSON])
        /// In the order of the text; keys are unique.
        case object([(key: String, place: TextPlace, value: LocatedJSON)])
    }

    package var kind: Kind
    package var place: TextPlace

    fileprivate init(kind: Kind, place: TextPlace) {
        self.kind = kind
        self.place = place
    }

    /// What a person would call the value: in errors.
    package var description: String {
        switch kind {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value, let isInteger): isInteger && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
        case .string(let value): "\"\(value)\""
        case .array: "an array"
        case .object: "an object"
        }
    }

    package subscript(_ key: String) -> LocatedJSON? {
        guard case .object(let members) = kind else { return nil }
        return members.first { $0.key == key }?.value
    }

    package struct SyntaxError: Error, Sendable, CustomStringConvertible {
        package var place: TextPlace
        package var message: String
        package var description: String { "\(place): \(message)" }
    }

    /// Strict JSON (RFC 8259): no comments, no trailing comma, no duplicate keys, at most 64 levels deep.
    package init(parsing text: String) throws(SyntaxError) {
        var parser = Parser(bytes: Array(text.utf8))
        self = try parser.document()
    }

    package init(parsing bytes: [UInt8]) throws(SyntaxError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SyntaxError(place: TextPlace(line: 1, column: 1), message: "is not valid UTF-8")
        }
        var parser = Parser(bytes: Array(text.utf8))
        self = try parser.document()
    }
}

private struct Parser {
    let bytes: [UInt8]
    var position = 0
    var line = 1
    var lineStart = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private typealias Failure = LocatedJSON.SyntaxError

    private var place: TextPlace { TextPlace(line: line, column: position - lineStart + 1) }

    private func fail(_ message: String) -> LocatedJSON.SyntaxError { .init(place: place, message: message) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func document() throws(LocatedJSON.SyntaxError) -> LocatedJSON {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw fail("begins with a byte order mark; remove it") }
        let value = try self.value(depth: 0)
        skipSpace()
        if position < bytes.count { throw fail("found text after the end of the document") }
        return value
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            position += 1
            if byte == 0x0A {
                line += 1
                lineStart = position
            }
        }
    }

    private mutating func value(depth: Int) throws(LocatedJSON.SyntaxError) -> LocatedJSON {
        skipSpace()
        if depth > 64 { throw fail("is nested more than 64 levels deep") }
        let start = place
        guard let byte = current else { throw fail("the document ends where a value is expected") }
        switch byte {
        case UInt8(ascii: "{"): return LocatedJSON(kind: .object(try object(depth: depth)), place: start)
        case UInt8(ascii: "["): return LocatedJSON(kind: .array(try array(depth: depth)), place: start)
        case UInt8(ascii: "\""): return LocatedJSON(kind: .string(try string()), place: start)
        case UInt8(ascii: "t"): try word("true"); return LocatedJSON(kind: .bool(true), place: start)
        case UInt8(ascii: "f"): try word("false"); return LocatedJSON(kind: .bool(false), place: start)
        case UInt8(ascii: "n"): try word("null"); return LocatedJSON(kind: .null, place: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return LocatedJSON(kind: try number(), place: start)
        case UInt8(ascii: "/"), UInt8(ascii: "#"): throw fail("found a comment; JSON has none: use a \"note\" key")
        default: throw fail("found '\(Character(Unicode.Scalar(byte)))' where a value is expected")
        }
    }

    private mutating func word(_ text: String) throws(LocatedJSON.SyntaxError) {
        guard bytes[position...].starts(with: Array(text.utf8)) else { throw fail("found an unknown word where a value is expected; did you mean \(text)?") }
        position += text.utf8.count
    }

    private mutating func object(depth: Int) throws(LocatedJSON.SyntaxError) -> [(key: String, place: TextPlace, value: LocatedJSON)] {
        position += 1
        var members: [(key: String, place: TextPlace, value: LocatedJSON)] = []
        var seen: Set<String> = []
        skipSpace()
        if current == UInt8(ascii: "}") { position += 1; return members }
        while true {
            skipSpace()
            let keyPlace = place
            guard current == UInt8(ascii: "\"") else {
                throw fail(current == UInt8(ascii: "}") ? "found a comma before '}'" : "expected a key in double quotes")
            }
            let key = try string()
            if !seen.insert(key).inserted { throw .init(place: keyPlace, message: "key \"\(key)\" stands twice in this object") }
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw fail("expected ':' after key \"\(key)\"") }
            position += 1
            members.append((key, keyPlace, try value(depth: depth + 1)))
            skipSpace()
            switch current {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"): position += 1; return members
            default: throw fail("expected ',' or '}' after the value of \"\(key)\"")
            }
        }
    }

    private mutating func array(depth: Int) throws(LocatedJSON.SyntaxError) -> [LocatedJSON] {
        position += 1
        var elements: [LocatedJSON] = []
        skipSpace()
        if current == UInt8(ascii: "]") { position += 1; return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            switch current {
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
                if current == UInt8(ascii: "]") { throw fail("found a comma before ']'") }
            case UInt8(ascii: "]"): position += 1; return elements
            default: throw fail("expected ',' or ']' in an array")
            }
        }
    }

    private mutating func number() throws(LocatedJSON.SyntaxError) -> LocatedJSON.Kind {
        let start = position
        var isInteger = true
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        if current == UInt8(ascii: "-") { position += 1 }
        guard isDigit(current) else { throw fail("expected a digit") }
        if current == 0x30 {
            position += 1
            if isDigit(current) { throw fail("a number doesn't begin with 0") }
        } else {
            while isDigit(current) { position += 1 }
        }
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard isDigit(current) else { throw fail("expected a digit after '.'") }
            while isDigit(current) { position += 1 }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            guard isDigit(current) else { throw fail("expected a digit in the exponent") }
            while isDigit(current) { position += 1 }
        }
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)), value.isFinite else {
            throw fail("the number is out of range")
        }
        return .number(value, isInteger: isInteger)
    }

    private mutating func string() throws(LocatedJSON.SyntaxError) -> String {
        position += 1
        var out: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
            case UInt8(ascii: "\\"): out += try escape()
            case 0..<0x20: position -= 1; throw fail("found a control character in a string; write it as \\u00\(String(byte, radix: 16))")
            default: out.append(byte)
            }
        }
        throw fail("the document ends inside a string")
    }

    private mutating func escape() throws(LocatedJSON.SyntaxError) -> [UInt8] {
        guard let byte = current else { throw fail("the document ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var unit = try hex4()
            if (0xD800..<0xDC00).contains(unit), bytes[position...].starts(with: [0x5C, 0x75]) {
                position += 2
                let low = try hex4()
                guard (0xDC00..<0xE000).contains(low) else { throw fail("found half of a surrogate pair") }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw fail("found half of a surrogate pair") }
            return Array(String(Character(scalar)).utf8)
        default:
            position -= 1
            throw fail("unknown escape '\\\(Character(Unicode.Scalar(byte)))'")
        }
    }

    private mutating func hex4() throws(LocatedJSON.SyntaxError) -> UInt32 {
        guard position + 4 <= bytes.count, let value = UInt32(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16) else {
            throw fail("expected four hexadecimal digits after \\u")
        }
        position += 4
        return value
    }
}
