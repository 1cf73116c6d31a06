import CSimdjson

/// A parsed JSON value, read in place. Lives as long as its `JSONDocument` isn't parsed again.
struct JSONView {
    enum Kind { case null, bool, integer, double, string, array, object }

    let raw: mneme_json_element

    var kind: Kind {
        switch Int(mneme_json_type(raw)) {
        case MNEME_JSON_BOOL: .bool
        case MNEME_JSON_INTEGER: .integer
        case MNEME_JSON_DOUBLE: .double
        case MNEME_JSON_STRING: .string
        case MNEME_JSON_ARRAY: .array
        case MNEME_JSON_OBJECT: .object
        default: .null
        }
    }

    var string: String? {
        var length = 0
        guard let bytes = mneme_json_string(raw, &length) else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
    }

    var number: Double? { kind == .integer || kind == .double ? mneme_json_number(raw) : nil }
    var integer: Int64? { kind == .integer ? mneme_json_integer(raw) : nil }
    var bool: Bool? { kind == .bool ? mneme_json_bool(raw) != 0 : nil }
    var isNull: Bool { kind == .null }

    subscript(_ name: String) -> JSONView? {
        var value = mneme_json_element()
        var name = name
        let found = name.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                mneme_json_member(raw, $0.baseAddress, $0.count, &value)
            }
        }
        return found != 0 ? JSONView(raw: value) : nil
    }

    var elements: [JSONView] { members.map(\.value) }

    /// Members of an object, or elements of an array with empty keys.
    var members: [(key: String, value: JSONView)] {
        var result: [(key: String, value: JSONView)] = []
        withUnsafeMutablePointer(to: &result) { pointer in
            mneme_json_each(raw, pointer) { context, key, length, value in
                // `context` is the pointer given above, alive for the whole call.
                let list = context?.assumingMemoryBound(to: [(key: String, value: JSONView)].self)
                let name =
                    key.map {
                        String(decoding: UnsafeRawBufferPointer(start: $0, count: length), as: UTF8.self)
                    } ?? ""
                list?.pointee.append((name, JSONView(raw: value)))
                return 1
            }
        }
        return result
    }

    /// Numbers of an array of exactly `count`; nil for anything else. `missing` stands for null; NaN = null isn't allowed.
    func floats(count: Int, missing: Float = .nan) -> [Float]? {
        var found: Int64 = -1
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            found = mneme_json_floats(raw, buffer.baseAddress, count, missing)
            filled = found == Int64(count) ? count : 0
        }
        return found == Int64(count) ? values : nil
    }

    /// All numbers of an array, whatever its length; nil if it holds something else.
    func floats(missing: Float = .nan) -> [Float]? {
        guard kind == .array else { return nil }
        return floats(count: mneme_json_count(raw), missing: missing)
    }

    /// The value as JSON again: ids are echoed as they came.
    var echo: JSONValue {
        switch kind {
        case .null: .null
        case .bool: .bool(bool ?? false)
        case .integer: .integer(integer ?? 0)
        case .double: .number(number ?? 0)
        case .string: .string(string ?? "")
        case .array: .array(elements.map(\.echo))
        case .object: .object(members.map { ($0.key, $0.value.echo) })
        }
    }

    /// What a person would call it, in errors.
    var description: String {
        switch kind {
        case .null: "null"
        case .bool, .integer, .double: echo.line
        case .string: "\"\((string ?? "").prefix(40))\""
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A parser with its memory; one thread at a time.
final class JSONDocument {
    private let parser: OpaquePointer?
    private var bytes: [UInt8] = []

    init() { parser = mneme_json_create() }
    deinit { mneme_json_destroy(parser) }

    /// Bytes that must be readable behind a line.
    static let padding = mneme_json_padding()

    struct SyntaxError: Error {
        let message: String
        let isUTF8: Bool
    }

    /// Parses and hands out the root, which `body` must not keep.
    func parse<Result>(_ line: consuming [UInt8], _ body: (JSONView) throws -> Result) throws -> Result {
        let count = line.count
        bytes = line
        bytes.append(contentsOf: repeatElement(0, count: Self.padding))
        defer { bytes = [] }
        return try bytes.withUnsafeBufferPointer { buffer in
            var root = mneme_json_element()
            let code = mneme_json_parse(parser, buffer.baseAddress, count, &root)
            if code != 0 {
                // Looked at only now: the parser has validated what it accepts.
                let isUTF8 = String(validating: buffer.prefix(count), as: UTF8.self) != nil
                throw SyntaxError(message: String(cString: mneme_json_message(code)), isUTF8: isUTF8)
            }
            return try body(JSONView(raw: root))
        }
    }
}
