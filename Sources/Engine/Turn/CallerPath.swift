import Features
import Host

/// How a candidate of the caller's was reached: hops from the focal entity outwards, the last one the candidate.
package struct CallerPath: Sendable, Equatable {
    package var hops: [CallerHop]

    package init(hops: [CallerHop]) { self.hops = hops }

    package static let hopsAllowed = PathLimits.hopsPerPath
    package static let pathsAllowed = PathLimits.pathsPerRow
    package static let hopsPerRequest = PathLimits.hopsPerRequest
}

/// One step of a path.
package struct CallerHop: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable { case entity, aspect, attribute, memory }

    /// Stable name of the node or edge.
    package var id: String
    package var kind = Kind.entity
    /// By hop column (`path.importance@1`); what isn't named has its documented absent value.
    package var columns: [String: Float] = [:]

    package init(id: String) { self.id = id }

    package static let columnNames = PathCatalog.names
}

extension CallerHop.Kind {
    fileprivate var code: UInt8 {
        switch self {
        case .entity: PathBlock.Hop.entity
        case .aspect: PathBlock.Hop.aspect
        case .attribute: PathBlock.Hop.attribute
        case .memory: PathBlock.Hop.memory
        }
    }
}

extension CallerPath {
    /// What a library can't be sent; nil = it can.
    ///
    /// `key` is where it stands: `paths[2][0].columns`.
    package static func problem(_ paths: [CallerPath]) -> (key: String, found: String, allowed: String)? {
        if paths.count > pathsAllowed { return ("paths", "\(paths.count) paths", "at most \(pathsAllowed)") }
        for (place, path) in paths.enumerated() {
            guard (1...hopsAllowed).contains(path.hops.count) else {
                return ("paths[\(place)]", "\(path.hops.count) hops", "1 to \(hopsAllowed) hops")
            }
            for (step, hop) in path.hops.enumerated() {
                let key = "paths[\(place)][\(step)]"
                if hop.id.isEmpty { return ("\(key).id", "\"\"", "a stable id, not empty") }
                for (name, value) in hop.columns.sorted(by: { $0.key < $1.key }) {
                    guard PathCatalog.index[name] != nil else {
                        return ("\(key).columns", name, CallerHop.columnNames.joined(separator: ", "))
                    }
                    if !value.isFinite { return ("\(key).columns.\(name)", "\(value)", "a finite number") }
                }
            }
        }
        return nil
    }

    /// Of the whole request, where every candidate is fine by itself.
    package static func problem(_ candidates: [CallerCandidate]) -> String? {
        let hops = candidates.reduce(0) { $0 + $1.paths.reduce(0) { $0 + $1.hops.count } }
        return hops > hopsPerRequest ? "the candidates' paths have \(hops) hops; allowed: \(hopsPerRequest) per request" : nil
    }
}

extension PathBlock {
    /// All candidates' paths, as wide as the catalogue; nil if there is none.
    init?(_ candidates: [CallerCandidate], idKey: UInt64) {
        guard candidates.contains(where: { !$0.paths.isEmpty }) else { return nil }
        self.init(columns: PathCatalog.names)
        for candidate in candidates {
            append(
                row: candidate.paths.map { path in
                    // The same hops in the same order are the same path.
                    let name = path.hops.map(\.id).joined(separator: "\u{1F}")
                    return (
                        RowID.make(name, key: idKey),
                        path.hops.map {
                            Hop(id: RowID.make($0.id, key: idKey), kind: $0.kind.code, values: Self.values($0.columns))
                        }
                    )
                })
        }
    }

    private static func values(_ named: [String: Float]) -> [Float] {
        var values = PathCatalog.absentValues
        for (name, value) in named { if let place = PathCatalog.index[name] { values[place] = value } }
        return values
    }
}
