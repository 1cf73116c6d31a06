import PluginABI

/// Options of the manifest, by name and typed. The host has filled in defaults and checked ranges, so a
/// failure here means that `Scorer.options` and the manifest disagree.
public struct Options: Sendable {
    private enum Value: Sendable {
        case number(Double)
        case integer(Double)
        case bool(Bool)
        case text(String)

        var kind: String {
            switch self {
            case .number: "a number"
            case .integer: "an integer"
            case .bool: "a truth value"
            case .text: "a text"
            }
        }
    }

    private let values: [(name: String, value: Value)]

    init(names: [String], values: UnsafePointer<mneme_option>?, count: Int) throws(ScorerError) {
        guard names.count == count else {
            throw .option(
                "the manifest has \(count) options, the scorer names \(names.count): \(listed(names))")
        }
        var read: [(name: String, value: Value)] = []
        for (name, option) in zip(names, UnsafeBufferPointer(start: values, count: count)) {
            switch Int(option.kind) {
            case MNEME_OPTION_NUMBER: read.append((name, .number(option.number)))
            case MNEME_OPTION_INTEGER: read.append((name, .integer(option.number)))
            case MNEME_OPTION_BOOL: read.append((name, .bool(option.number != 0)))
            case MNEME_OPTION_TEXT: read.append((name, .text(option.text.map { String(cString: $0) } ?? "")))
            default: throw .option("option \(name) is of the unknown kind \(option.kind)")
            }
        }
        self.values = read
    }

    public func number(_ name: String) throws(ScorerError) -> Double {
        switch try value(name) {
        case .number(let number), .integer(let number): return number
        case let other: throw mismatch(name, other, "a number")
        }
    }

    public func integer(_ name: String) throws(ScorerError) -> Int {
        guard case .integer(let number) = try value(name), let integer = Int(exactly: number) else {
            throw mismatch(name, try value(name), "an integer")
        }
        return integer
    }

    public func bool(_ name: String) throws(ScorerError) -> Bool {
        guard case .bool(let bool) = try value(name) else {
            throw mismatch(name, try value(name), "a truth value")
        }
        return bool
    }

    public func text(_ name: String) throws(ScorerError) -> String {
        guard case .text(let text) = try value(name) else { throw mismatch(name, try value(name), "a text") }
        return text
    }

    /// An enumeration of the manifest as a Swift one with the same raw values.
    public func choice<Choice>(_ name: String, of type: Choice.Type = Choice.self) throws(ScorerError)
        -> Choice
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        let text = try text(name)
        guard let choice = Choice(rawValue: text) else {
            throw .option("option \(name) is \(text); allowed: \(listed(Choice.allCases.map(\.rawValue)))")
        }
        return choice
    }

    private func value(_ name: String) throws(ScorerError) -> Value {
        for option in values where option.name == name { return option.value }
        throw .option("option \(name) is not one of \(listed(values.map(\.name)))")
    }

    private func mismatch(_ name: String, _ found: Value, _ wanted: String) -> ScorerError {
        .option("option \(name) is \(found.kind) in the manifest, \(wanted) in the scorer")
    }
}
