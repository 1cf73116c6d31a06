/// Named, versioned columns in the order in which every batch sends them. Map names to indices once, in
/// `init`; score with the indices.
public struct Columns: Sendable {
    public let names: [String]

    init(_ names: UnsafePointer<UnsafePointer<CChar>?>?, count: UInt32) {
        self.names = UnsafeBufferPointer(start: names, count: Int(count)).map {
            $0.map { String(cString: $0) } ?? ""
        }
    }

    public init(_ names: [String]) { self.names = names }

    /// Where the column stands; `nil` if this host doesn't offer it.
    public func index(of name: String) -> Int? { names.firstIndex(of: name) }

    /// Where the column stands, or an error with both lists.
    public func require(_ name: String) throws(ScorerError) -> Int { try require([name])[0] }

    /// Where the columns stand, or an error with both lists.
    public func require(_ wanted: [String]) throws(ScorerError) -> [Int] {
        let missing = wanted.filter { !names.contains($0) }
        guard missing.isEmpty else {
            throw .schema(
                "columns missing: \(listed(missing)); needed: \(listed(wanted)); offered: \(listed(names))")
        }
        return wanted.compactMap(index(of:))
    }
}
