/// A parsed JSON value. Objects keep their order, and every member knows where its value was written.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    /// A non-empty array of nothing but numbers: an embedding costs 8 bytes per component.
    case numbers([Double])
    case array([JSONValue])
    case object([JSONMember])

    /// The elements, if this is an array.
    package var elements: [JSONValue]? {
        switch self {
        case .numbers(let numbers): numbers.map(JSONValue.number)
        case .array(let elements): elements
        default: nil
        }
    }

    /// The last member of that name, if this is an object.
    package subscript(key key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }

    /// The number, if it is a whole one that fits.
    package var integer: Int? { number.flatMap(Int.init(exactly:)) }

    /// The value in an error message: short, and as it would be written.
    package var summary: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
        case .string(let text): jsonQuoted(text.count > 40 ? text.prefix(39) + "…" : text)
        case .numbers(let numbers): "an array of \(numbers.count) numbers"
        case .array(let elements): "an array of \(elements.count)"
        case .object: "an object"
        }
    }
}

/// `"key": value` in an object, and the bytes that the value took in the source.
package struct JSONMember: Sendable, Equatable {
    package let key: String
    package let value: JSONValue
    package let range: Range<Int>
}

/// The text as a JSON string, quotes included.
package func jsonQuoted(_ text: some StringProtocol) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\n": quoted += "\\n"
        case "\r": quoted += "\\r"
        case "\t": quoted += "\\t"
        case _ where scalar.value < 0x20:
            let hex = String(scalar.value, radix: 16)
            quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}
