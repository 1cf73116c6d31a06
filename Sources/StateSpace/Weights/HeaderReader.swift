/// Reads the few shapes of JSON that a safetensors header consists of, strictly: no recursion, so no depth to
/// limit; every key once; integers only.
///
/// One pass over borrowed bytes; a value type that is used on one thread.
struct HeaderReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next byte that isn't white space, without taking it; nil at the end.
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return byte }
            position += 1
        }
        return nil
    }

    mutating func isAtEnd() -> Bool { peek() == nil }

    mutating func take(_ expected: Unicode.Scalar) throws(SafetensorsError) {
        guard peek() == UInt8(ascii: expected) else { throw unexpected("\"\(expected)\"") }
        position += 1
    }

    /// Takes the byte if it is there.
    mutating func takes(_ wanted: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: wanted) else { return false }
        position += 1
        return true
    }

    /// `{ "key": value, … }`; the closure reads each value.
    mutating func object(
        _ member: (inout HeaderReader, String) throws(SafetensorsError) -> Void
    ) throws(SafetensorsError) {
        try take("{")
        if takes("}") { return }
        var seen = Set<String>()
        repeat {
            let start = position
            let key = try string()
            guard seen.insert(key).inserted else {
                throw SafetensorsError(
                    "a name that occurs twice", at: "header byte \(start)", found: "\"\(key)\"",
                    allowed: "every name once")
            }
            try take(":")
            try member(&self, key)
        } while takes(",")
        try take("}")
    }

    /// `[ 1, 2, … ]`, at most `limit` of them.
    mutating func integers(limit: Int) throws(SafetensorsError) -> [Int] {
        try take("[")
        if takes("]") { return [] }
        var values: [Int] = []
        repeat {
            guard values.count < limit else { throw unexpected("at most \(limit) numbers") }
            values.append(try integer())
        } while takes(",")
        try take("]")
        return values
    }

    /// Digits alone: no sign, no fraction, no leading zero.
    mutating func integer() throws(SafetensorsError) -> Int {
        guard let first = peek(), (0x30...0x39).contains(first) else {
            throw unexpected("a number without a sign")
        }
        var value = 0
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(Int(bytes[position] - 0x30))
            guard !overflow, !carry else { throw unexpected("a number below 2^63") }
            value = sum
            position += 1
        }
        guard first != 0x30 || position == start + 1 else {
            throw unexpected("a number without leading zeros")
        }
        return value
    }

    mutating func string() throws(SafetensorsError) -> String {
        try take("\"")
        let start = position
        var units: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: units, as: UTF8.self) else {
                    throw SafetensorsError(
                        "a string that isn't UTF-8", at: "header byte \(start)",
                        found: "\(units.count) bytes",
                        allowed: "UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &units)
            case 0..<0x20: throw unexpected("no control character in a string")
            default: units.append(byte)
            }
        }
        throw unexpected("the string's end")
    }

    private mutating func escape(into units: inout [UInt8]) throws(SafetensorsError) {
        guard position < bytes.count else { throw unexpected("an escape") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0C)
        case UInt8(ascii: "n"): units.append(0x0A)
        case UInt8(ascii: "r"): units.append(0x0D)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "u"): units += try Array(String(scalar()).utf8)
        default: throw unexpected("an escape of JSON")
        }
    }

    /// After `\u`: four hex digits, or a surrogate pair.
    private mutating func scalar() throws(SafetensorsError) -> Character {
        var value = try fourHexDigits()
        if (0xD800..<0xDC00).contains(value), position + 1 < bytes.count,
            bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            let low = try fourHexDigits()
            guard (0xDC00..<0xE000).contains(low) else {
                throw unexpected("the second half of a surrogate pair")
            }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw unexpected("a Unicode scalar") }
        return Character(scalar)
    }

    private mutating func fourHexDigits() throws(SafetensorsError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count,
                let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue,
                bytes[position] < 0x80
            else { throw unexpected("four hex digits") }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    func unexpected(_ allowed: String) -> SafetensorsError {
        let found =
            position < bytes.count ? "byte 0x" + String(bytes[position], radix: 16) : "the header's end"
        return SafetensorsError(
            "the header isn't what safetensors writes", at: "header byte \(position)", found: found,
            allowed: allowed)
    }
}
