import Wire

/// Reads one of a foreign function's arguments: its type, and the one key that says what is passed.
struct ForeignArgumentReader {
    private enum TypeName: String, CaseIterable {
        case f32, f64, i32, i64
        case f32s = "f32*"
        case f64s = "f64*"
    }
    private enum CountName: String, CaseIterable {
        case rows = "row-count"
        case columns = "column-count"
    }
    private enum OutputName: String, CaseIterable { case score }

    private static let perRow = ["constant", "column"]
    private static let batch = ["constant", "rows", "value", "output"]

    private let fields: FieldReader
    private let node: JSONNode
    private let isBatch: Bool

    init(_ fields: FieldReader, _ node: JSONNode, isBatch: Bool) {
        self.fields = fields
        self.node = node
        self.isBatch = isBatch
    }

    /// - Parameter columns: names so far; new ones are added.
    mutating func read(_ columns: inout [String]) -> ForeignOrder.Argument? {
        let type: TypeName? = fields.choice("type", required: true)
        let kinds = isBatch ? Self.batch : Self.perRow
        let present = kinds.filter(fields.has)
        guard present.count == 1, let kind = present.first else {
            // Asked for, so that they aren't unknown as well.
            for kind in Self.batch + Self.perRow { _ = fields.node(kind) }
            let list = kinds.map { "\"\($0)\"" }.joined(separator: ", ")
            fields.complain(
                "", node,
                allowed: "type and exactly one of \(list) in a \(isBatch ? "batch" : "per-row") call")
            return nil
        }
        return type.flatMap { argument(kind, $0, &columns) }
    }

    private func argument(_ kind: String, _ type: TypeName, _ columns: inout [String]) -> ForeignOrder
        .Argument?
    {
        switch kind {
        case "constant": return constant(type)
        case "column":
            guard let scalar = scalar(type, [.f32, .f64, .i32, .i64]), let name = fields.string("column")
            else { return nil }
            return .column(scalar, Self.index(name, &columns))
        case "rows":
            let names = fields.strings("rows", allowed: "a list of columns") ?? []
            if names.isEmpty, let node = fields.node("rows") {
                fields.complain("rows", node, allowed: "at least one column")
            }
            guard let element = element(type), !names.isEmpty else { return nil }
            return .rows(element, names.map { Self.index($0.text, &columns) })
        case "value":
            guard let scalar = scalar(type, [.i32, .i64]), let what: CountName = fields.choice("value") else {
                return nil
            }
            return .count(scalar, what == .rows ? .rows : .columns)
        default:
            guard let element = element(type), let _: OutputName = fields.choice("output") else { return nil }
            return .output(element)
        }
    }

    private func constant(_ type: TypeName) -> ForeignOrder.Argument? {
        guard let scalar = scalar(type, [.f32, .f64, .i32, .i64]) else { return nil }
        switch scalar {
        case .f32: return fields.number("constant", in: -3.4e38...3.4e38).map { .constant(.f32, $0) }
        case .f64: return fields.number("constant", in: -1e300...1e300).map { .constant(.f64, $0) }
        case .i32:
            return fields.integer("constant", in: Int(Int32.min)...Int(Int32.max)).map {
                .constant(.i32, Double($0))
            }
        case .i64:
            // 2^53: beyond it a JSON number isn't the integer that was written.
            let range = -9_007_199_254_740_992...9_007_199_254_740_992
            return fields.integer("constant", in: range).map { .constant(.i64, Double($0)) }
        }
    }

    private static func index(_ name: String, _ columns: inout [String]) -> Int {
        if let known = columns.firstIndex(of: name) { return known }
        columns.append(name)
        return columns.count - 1
    }

    private func scalar(_ type: TypeName, _ allowed: [TypeName]) -> ForeignOrder.Scalar? {
        let scalars: [TypeName: ForeignOrder.Scalar] = [.f32: .f32, .f64: .f64, .i32: .i32, .i64: .i64]
        if allowed.contains(type), let scalar = scalars[type] { return scalar }
        complain(type: allowed)
        return nil
    }

    private func element(_ type: TypeName) -> ForeignOrder.Element? {
        if type == .f32s { return .f32 }
        if type == .f64s { return .f64 }
        complain(type: [.f32s, .f64s])
        return nil
    }

    private func complain(type allowed: [TypeName]) {
        guard let node = fields.node("type") else { return }
        for kind in Self.batch + Self.perRow { _ = fields.node(kind) }
        fields.complain(
            "type", node, allowed: allowed.map { "\"\($0.rawValue)\"" }.joined(separator: ", ") + " here")
    }
}
