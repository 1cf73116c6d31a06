import Engine

// Named columns and paths of a caller's candidates.
extension Parameters {
    /// An object of numbers; empty if it isn't there.
    func columns(_ name: String) throws(RPCError) -> [String: Float] {
        guard let value = value(name) else { return [:] }
        guard value.kind == .object else { throw wrong(name, value, "an object of numbers") }
        var columns: [String: Float] = [:]
        for member in value.members {
            guard let number = member.value.number else { throw wrong("\(name).\(member.key)", member.value, "a number") }
            columns[member.key] = Float(number)
        }
        return columns
    }

    /// Lists of hops, checked; empty if it isn't there.
    func paths(_ name: String) throws(RPCError) -> [CallerPath] {
        guard let value = value(name) else { return [] }
        guard value.kind == .array else { throw wrong(name, value, "an array of paths") }
        var paths: [CallerPath] = []
        for (place, element) in value.elements.enumerated() {
            guard element.kind == .array else { throw wrong("\(name)[\(place)]", element, "an array of hops") }
            var hops: [CallerHop] = []
            for (step, hop) in element.elements.enumerated() { hops.append(try self.hop(hop, "\(name)[\(place)][\(step)]")) }
            paths.append(CallerPath(hops: hops))
        }
        if let problem = CallerPath.problem(paths) {
            throw .parameters("\(method): \(problem.key) is \(problem.found); allowed: \(problem.allowed)")
        }
        return paths
    }

    private func hop(_ value: JSONView, _ key: String) throws(RPCError) -> CallerHop {
        guard value.kind == .object else { throw wrong(key, value, "an object with id, kind, columns") }
        let fields = try Parameters(value, method: "\(method) \(key)", allowed: ["id", "kind", "columns"])
        var hop = CallerHop(id: try fields.required("id"))
        if let name = try fields.string("kind") {
            guard let kind = CallerHop.Kind(rawValue: name) else {
                throw .parameters(
                    "\(method): \(key).kind is \"\(name)\"; allowed: "
                        + CallerHop.Kind.allCases.map(\.rawValue).joined(separator: ", "))
            }
            hop.kind = kind
        }
        hop.columns = try fields.columns("columns")
        return hop
    }
}
