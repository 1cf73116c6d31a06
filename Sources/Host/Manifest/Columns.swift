/// The columns that a scorer will be sent: the manifest's, in its order, less optional ones that this host
/// doesn't offer.
package enum Columns {
    /// - Throws: with both lists, if a required column isn't offered.
    package static func negotiate(
        _ wanted: [Manifest.Column], offered: [String], kind: String
    ) throws(LoadError) -> [String] {
        let known = Set(offered)
        let missing = wanted.filter { $0.isRequired && !known.contains($0.name) }.map(\.name)
        guard missing.isEmpty else {
            let required = wanted.filter(\.isRequired).map(\.name)
            throw LoadError(
                .columns,
                "\(kind) columns not offered: \(missing.joined(separator: ", ")); "
                    + "required: \(required.joined(separator: ", ")); "
                    + "offered: \(offered.isEmpty ? "none" : offered.joined(separator: ", "))")
        }
        return wanted.map(\.name).filter(known.contains)
    }

    /// FNV-1a 64 over the names in order, each followed by a zero byte, each list by 0xFF.
    package static func schema(row: [String], hop: [String], event: [String]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for list in [row, hop, event] {
            for name in list {
                name.utf8.forEach(add)
                add(0)
            }
            add(0xFF)
        }
        return hash
    }
}
