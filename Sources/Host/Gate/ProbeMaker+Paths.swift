import PluginABI

// Paths of probes.
extension ProbeMaker {
    /// None for every fifth row, else one to four of one to four hops; a few longer ones.
    func paths(rows: Int, _ random: inout ProbeRandom) -> PathBlock {
        var block = PathBlock(columns: hopColumns)
        for row in 0..<rows {
            let count = row % 5 == 4 ? 0 : Int(random.next() % 4) + 1
            block.append(
                row: (0..<count).map { _ in
                    let length = random.next() % 32 == 0 ? PathLimits.hopsPerPath : Int(random.next() % 4) + 1
                    return (random.next() | 1, (1...length).map { hop($0, of: length, &random) })
                })
        }
        return block
    }

    private func hop(_ place: Int, of length: Int, _ random: inout ProbeRandom) -> PathBlock.Hop {
        let kind = place == length ? MNEME_HOP_MEMORY : Int(random.next() % 3) + MNEME_HOP_ENTITY
        let values = hopSpans.map { span in
            let draw = random.next() % 16
            return span.at(draw == 0 ? 0 : draw == 1 ? 1 : random.unit())
        }
        return PathBlock.Hop(id: random.next() | 1, kind: UInt8(kind), values: values)
    }

    /// The first row has no path, every other one of a single hop that nothing is known of.
    func absentPaths(rows: Int) -> PathBlock {
        var block = PathBlock(columns: hopColumns)
        let hop = PathBlock.Hop(id: 1, kind: UInt8(MNEME_HOP_MEMORY), values: hopSpans.map(\.absent))
        for row in 0..<rows { block.append(row: row == 0 ? [] : [(UInt64(row), [hop])]) }
        return block
    }

    /// As golden records have them; a column that a hop doesn't name is absent.
    func paths(of records: [GoldenRecord]) -> PathBlock {
        var block = PathBlock(columns: hopColumns)
        for (row, record) in records.enumerated() {
            block.append(
                row: record.paths.enumerated().map { path, hops in
                    (
                        UInt64(row) << 32 | UInt64(path + 1),
                        hops.enumerated().map { place, named in
                            let values = zip(hopColumns, hopSpans).map { named[$0].map { Float($0) } ?? $1.absent }
                            let kind = place == hops.count - 1 ? MNEME_HOP_MEMORY : MNEME_HOP_ENTITY
                            return PathBlock.Hop(id: UInt64(place + 1), kind: UInt8(kind), values: values)
                        }
                    )
                })
        }
        return block
    }
}
