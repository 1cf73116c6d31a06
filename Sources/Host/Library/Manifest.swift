/// A plugin's manifest, read from its ELF note before any of its code runs (abi-decisions, end of (b)).
package struct Manifest: Sendable {
    package struct Column: Sendable { package var name: String; package var isRequired: Bool }
    package struct Head: Sendable { package var name, over, scale: String; package var isCalibrated: Bool }
    package struct Option: Sendable {
        package enum Kind: String, Sendable, CaseIterable { case number, integer, bool, string, `enum` }
        package enum Value: Sendable, Equatable { case number(Double), text(String) }
        package var name: String
        package var kind: Kind
        package var `default`: Value
        package var minimum: Double?
        package var maximum: Double?
        package var values: [String]
        package var help: String
    }

    package var id: String
    package var version: String
    package var licence: String
    package var abiMajor: Int
    package var abiMinor: Int
    package var isListScope: Bool
    package var isConcurrent: Bool
    package var isDeterministic: Bool
    package var rowColumns: [Column]
    package var wantsQueryText: Bool
    package var wantsRowTexts: Bool
    package var wantsQueryEmbedding: Bool
    package var heads: [Head]
    package var parts: [String]
    package var options: [Option]
    package var requiredAssets: [String]
    package var assetNames: [String]

    package init(parsing text: String) throws(HostError) {
        let json: LocatedJSON
        do { json = try LocatedJSON(parsing: text) } catch { throw HostError(.manifest, "is not JSON: \(error)") }
        guard case .number(let schema, _)? = json["manifest"]?.kind else { throw HostError(.manifest, "lacks \"manifest\": 1") }
        guard schema == 1 else { throw HostError(.manifest, "has version \(Int(schema)); this host reads version 1") }
        id = try Self.string(json, "id")
        version = try Self.string(json, "version")
        guard !id.isEmpty, id.utf8.count <= 64, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw HostError(.manifest, "id \"\(id)\" must be 1 to 64 printable ASCII characters without spaces")
        }
        licence = json["licence"].flatMap(Self.text) ?? ""
        guard let abi = json["abi"], let major = abi["major"].flatMap(Self.integer), let minor = abi["minor"].flatMap(Self.integer) else {
            throw HostError(.manifest, "lacks \"abi\": {\"major\": …, \"minor\": …}")
        }
        abiMajor = major
        abiMinor = minor
        let scope = json["scope"].flatMap(Self.text) ?? "row"
        guard scope == "row" || scope == "list" else { throw HostError(.manifest, "scope is \"\(scope)\"; allowed: row, list") }
        isListScope = scope == "list"
        isConcurrent = json["concurrent"].map(Self.isTrue) ?? false
        isDeterministic = json["deterministic"].map(Self.isTrue) ?? false
        let inputs = json["inputs"]
        rowColumns = try Self.elements(inputs, "row_columns").map { column throws(HostError) in
            Column(name: try Self.string(column, "name"), isRequired: column["required"].map(Self.isTrue) ?? true)
        }
        if let twice = Self.duplicate(rowColumns.map(\.name)) { throw HostError(.manifest, "row column \(twice) stands twice") }
        wantsQueryText = inputs?["query_text"].map(Self.isTrue) ?? false
        wantsRowTexts = inputs?["row_texts"] != nil
        wantsQueryEmbedding = inputs?["embeddings"].map(Self.isTrue) ?? false
        heads = try Self.elements(json, "heads").map { head throws(HostError) in
            let over = head["over"].flatMap(Self.text) ?? "candidate"
            guard ["candidate", "aspect", "entity", "session", "pair", "path"].contains(over) else {
                throw HostError(.manifest, "a head ranges over \"\(over)\"; allowed: candidate, aspect, entity, session, pair, path")
            }
            let scale = head["scale"].flatMap(Self.text) ?? "rank-only"
            guard ["logit", "probability", "rank-only"].contains(scale) else {
                throw HostError(.manifest, "a head has scale \"\(scale)\"; allowed: logit, probability, rank-only")
            }
            return Head(name: try Self.string(head, "name"), over: over, scale: scale, isCalibrated: head["calibrated"].map(Self.isTrue) ?? false)
        }
        guard (1...32).contains(heads.count) else { throw HostError(.manifest, "declares \(heads.count) heads; allowed: 1 to 32") }
        var partNames: [String] = []
        for part in try Self.elements(json, "parts") {
            guard let name = Self.text(part) else { throw HostError(.manifest, "parts holds \(part.description); allowed: names") }
            partNames.append(name)
        }
        parts = partNames
        options = []
        requiredAssets = []
        assetNames = []
        if case .object(let members)? = json["options"]?.kind {
            for member in members { options.append(try Self.option(member.key, member.value)) }
        }
        if case .object(let members)? = json["assets"]?.kind {
            for member in members {
                assetNames.append(member.key)
                if member.value["required"].map(Self.isTrue) ?? true { requiredAssets.append(member.key) }
            }
        }
    }

    private static func option(_ name: String, _ json: LocatedJSON) throws(HostError) -> Option {
        let type = try string(json, "type")
        guard let kind = Option.Kind(rawValue: type) else {
            throw HostError(.manifest, "option \(name) has type \"\(type)\"; allowed: \(Option.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let values = try elements(json, "values").compactMap(text)
        let value: Option.Value
        switch json["default"]?.kind {
        case .number(let number, _)?: value = .number(number)
        case .bool(let flag)?: value = .number(flag ? 1 : 0)
        case .string(let text)?: value = .text(text)
        default: throw HostError(.manifest, "option \(name) lacks a default")
        }
        return Option(
            name: name, kind: kind, default: value, minimum: json["min"].flatMap(number), maximum: json["max"].flatMap(number),
            values: values, help: json["help"].flatMap(text) ?? "")
    }

    private static func text(_ json: LocatedJSON) -> String? { if case .string(let value) = json.kind { value } else { nil } }
    private static func number(_ json: LocatedJSON) -> Double? { if case .number(let value, _) = json.kind { value } else { nil } }
    private static func integer(_ json: LocatedJSON) -> Int? {
        if case .number(let value, true) = json.kind, abs(value) < 1e9 { Int(value) } else { nil }
    }
    private static func isTrue(_ json: LocatedJSON) -> Bool { if case .bool(true) = json.kind { true } else { false } }

    private static func string(_ json: LocatedJSON, _ key: String) throws(HostError) -> String {
        guard let value = json[key].flatMap(text) else { throw HostError(.manifest, "lacks the string \"\(key)\" (\(json.place))") }
        return value
    }

    private static func elements(_ json: LocatedJSON?, _ key: String) throws(HostError) -> [LocatedJSON] {
        guard let value = json?[key] else { return [] }
        guard case .array(let elements) = value.kind else { throw HostError(.manifest, "\"\(key)\" is \(value.description); allowed: an array") }
        return elements
    }

    private static func duplicate(_ names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
    }
}
