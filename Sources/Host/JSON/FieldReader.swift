/// Reads typed fields out of one JSON object, and complains instead of stopping: a file is judged as a whole.
///
/// `finish()` names every key that nobody asked for. A missing or wrong field reads as nil.
final class FieldReader {
    // Not Sendable on purpose: it lives inside one reading of one file.
    let path: String
    let position: TextPosition
    private let members: [JSONMember]
    private var asked: [String] = []
    private let sink: ComplaintSink

    /// nil (with a complaint) if the node is no object.
    init?(_ node: JSONNode, path: String, sink: ComplaintSink) {
        self.path = path
        self.sink = sink
        position = node.position
        guard case .object(let members) = node.value else {
            sink.add(Complaint(node.position, key: path, found: node.found, allowed: "an object"))
            return nil
        }
        self.members = members
    }

    func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func node(_ key: String) -> JSONNode? {
        if !asked.contains(key) { asked.append(key) }
        return members.first { $0.key == key }?.node
    }

    func has(_ key: String) -> Bool { members.contains { $0.key == key } }

    func complain(_ key: String, _ node: JSONNode, allowed: String) {
        sink.add(Complaint(node.position, key: name(key), found: node.found, allowed: allowed))
    }

    func required(_ key: String) -> JSONNode? {
        if let node = node(key) { return node }
        sink.add(Complaint(position, key: name(key), found: "nothing", allowed: "the key is required"))
        return nil
    }

    func string(_ key: String, required isRequired: Bool = false, allowed: String = "a text") -> String? {
        guard let node = isRequired ? required(key) : node(key) else { return nil }
        guard case .string(let text) = node.value, !text.isEmpty else {
            complain(key, node, allowed: "\(allowed), not empty")
            return nil
        }
        return text
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Choice.Type = Choice.self, required isRequired: Bool = false
    ) -> Choice? where Choice.RawValue == String {
        guard let node = isRequired ? required(key) : node(key) else { return nil }
        if case .string(let text) = node.value, let choice = Choice(rawValue: text) { return choice }
        complain(key, node, allowed: Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        return nil
    }

    func bool(_ key: String) -> Bool? {
        guard let node = node(key) else { return nil }
        guard case .bool(let bool) = node.value else {
            complain(key, node, allowed: "true, false")
            return nil
        }
        return bool
    }

    func number(_ key: String, in range: ClosedRange<Double>, required isRequired: Bool = false) -> Double? {
        guard let node = isRequired ? required(key) : node(key) else { return nil }
        guard case .number(let number, _) = node.value, range.contains(number) else {
            complain(
                key, node, allowed: "a number from \(text(range.lowerBound)) to \(text(range.upperBound))")
            return nil
        }
        return number
    }

    func integer(_ key: String, in range: ClosedRange<Int>, required isRequired: Bool = false) -> Int? {
        guard let node = isRequired ? required(key) : node(key) else { return nil }
        // 1.0 is an integer in JSON Schema, so it is one here.
        guard case .number(let number, _) = node.value, let integer = Int(exactly: number),
            range.contains(integer)
        else {
            complain(key, node, allowed: "an integer from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return integer
    }

    func array(_ key: String, allowed: String) -> [JSONNode]? {
        guard let node = node(key) else { return nil }
        guard case .array(let items) = node.value else {
            complain(key, node, allowed: allowed)
            return nil
        }
        return items
    }

    /// Texts with their places; complains about items that aren't, and about repeats.
    func strings(_ key: String, allowed: String = "a list of texts") -> [(text: String, node: JSONNode)]? {
        guard let items = array(key, allowed: allowed) else { return nil }
        var texts: [(text: String, node: JSONNode)] = []
        for (index, item) in items.enumerated() {
            guard case .string(let text) = item.value, !text.isEmpty else {
                complain("\(key)[\(index)]", item, allowed: "a text, not empty")
                continue
            }
            if texts.contains(where: { $0.text == text }) {
                complain("\(key)[\(index)]", item, allowed: "each text once")
            }
            texts.append((text, item))
        }
        return texts
    }

    func object(_ key: String) -> FieldReader? {
        node(key).flatMap { FieldReader($0, path: name(key), sink: sink) }
    }

    /// The members as they are, for objects whose keys are the user's.
    func entries(_ key: String) -> [JSONMember] {
        guard let node = node(key) else { return [] }
        guard case .object(let members) = node.value else {
            complain(key, node, allowed: "an object")
            return []
        }
        return members.filter { $0.key != "note" }
    }

    /// Names keys that are known but not served yet, with the reason.
    func later(_ keys: [String: String]) {
        for member in members {
            guard let reason = keys[member.key] else { continue }
            asked.append(member.key)
            sink.add(
                Complaint(
                    member.keyPosition, key: name(member.key), found: "a key of a later version",
                    allowed: reason))
        }
    }

    /// Complains about keys that nobody asked for. `note` is allowed in every object.
    func finish(tolerant: Bool = false) {
        guard !tolerant else { return }
        let allowed = asked.filter { $0 != "note" } + ["note"]
        for member in members where member.key != "note" && !asked.contains(member.key) {
            sink.add(
                Complaint(
                    member.keyPosition, key: name(member.key), found: "an unknown key",
                    allowed: allowed.joined(separator: ", ")))
        }
    }

    private func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}

/// Collects complaints in the order of the file.
final class ComplaintSink {
    private(set) var complaints: [Complaint] = []

    func add(_ complaint: Complaint) { complaints.append(complaint) }

    var sorted: [Complaint] {
        complaints.sorted { ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column) }
    }
}
