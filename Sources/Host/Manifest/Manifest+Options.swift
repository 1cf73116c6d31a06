extension Manifest {
    private enum OptionType: String, CaseIterable {
        case number, integer, bool, string
        case choice = "enum"
    }

    /// One option of the manifest; its default must satisfy its own range.
    func readOption(_ name: String, _ fields: FieldReader) -> Option? {
        guard let type: OptionType = fields.choice("type", required: true) else { return nil }
        let help = fields.string("help")
        let kind: Option.Kind
        switch type {
        case .number, .integer:
            let least = fields.number("min", in: -1e300...1e300) ?? -1e300
            let most = fields.number("max", in: -1e300...1e300) ?? 1e300
            guard least <= most else {
                if let node = fields.node("min") {
                    fields.complain("min", node, allowed: "at most max, \(most)")
                }
                return nil
            }
            kind = type == .number ? .number(least...most) : .integer(least...most)
        case .bool: kind = .bool
        case .string: kind = .text
        case .choice: kind = .choice((fields.strings("values") ?? []).map(\.text))
        }
        guard let node = fields.required("default") else { return nil }
        guard let standard = Self.value(of: node, kind) else {
            fields.complain("default", node, allowed: Self.allowed(kind))
            return nil
        }
        return Option(name: name, kind: kind, standard: standard, help: help)
    }

    /// The values to send, in the manifest's order: defaults, with what plugins.json sets.
    package func values(for settings: [JSONMember], scorer: String) throws(ManifestError) -> [OptionValue] {
        var values = options.map(\.standard)
        var complaints: [Complaint] = []
        for setting in settings {
            let key = "\(scorer).options.\(setting.key)"
            guard let index = options.firstIndex(where: { $0.name == setting.key }) else {
                let names = options.isEmpty ? "none" : options.map(\.name).joined(separator: ", ")
                complaints.append(
                    Complaint(setting.keyPosition, key: key, found: "an unknown option", allowed: names))
                continue
            }
            guard let value = Self.value(of: setting.node, options[index].kind) else {
                complaints.append(
                    Complaint(
                        setting.node.position, key: key, found: setting.node.found,
                        allowed: Self.allowed(options[index].kind)))
                continue
            }
            values[index] = value
        }
        guard complaints.isEmpty else { throw ManifestError(complaints: complaints) }
        return values
    }

    /// nil = of another type, or out of range.
    private static func value(of node: JSONNode, _ kind: Option.Kind) -> OptionValue? {
        switch (kind, node.value) {
        case (.number(let range), .number(let number, _)): range.contains(number) ? .number(number) : nil
        case (.integer(let range), .number(let number, _)):
            number == number.rounded() && range.contains(number) ? .number(number) : nil
        case (.bool, .bool(let bool)): .number(bool ? 1 : 0)
        case (.text, .string(let text)): text.utf8.contains(0) ? nil : .text(text)
        case (.choice(let values), .string(let text)): values.contains(text) ? .text(text) : nil
        default: nil
        }
    }

    fileprivate static func allowed(_ kind: Option.Kind) -> String {
        func text(_ range: ClosedRange<Double>) -> String {
            switch (range.lowerBound <= -1e300, range.upperBound >= 1e300) {
            case (true, true): ""
            case (true, false): " up to \(range.upperBound)"
            case (false, true): " from \(range.lowerBound)"
            case (false, false): " from \(range.lowerBound) to \(range.upperBound)"
            }
        }
        switch kind {
        case .number(let range): return "a number\(text(range))"
        case .integer(let range): return "an integer\(text(range))"
        case .bool: return "true, false"
        case .text: return "a text"
        case .choice(let values): return values.map { "\"\($0)\"" }.joined(separator: ", ")
        }
    }
}

extension Manifest.Option {
    /// Type, range and default in a line.
    package var summary: String {
        let value =
            switch standard {
            case .number(let number):
                if case .bool = kind { number != 0 ? "true" : "false" } else { "\(number)" }
            case .text(let text): "\"\(text)\""
            }
        return "\(Manifest.allowed(kind)), default \(value)" + (help.map { ": \($0)" } ?? "")
    }
}
