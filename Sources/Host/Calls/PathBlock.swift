import PluginABI

/// How rows were reached: row → paths → hops. Columns are as wide as whoever made the block knows; each scorer is sent
/// those it asked for.
package struct PathBlock: Sendable, Equatable {
    /// Names of the columns in `values`.
    package var columns: [String]
    /// rows + 1, ascending, from zero.
    package var rowOffsets: [UInt32] = [0]
    /// One per path.
    package var pathIDs: [UInt64] = []
    /// paths + 1, ascending, from zero.
    package var hopOffsets: [UInt32] = [0]
    /// One per hop.
    package var hopIDs: [UInt64] = []
    package var hopKinds: [UInt8] = []
    /// hops × columns.
    package var values: [Float] = []

    package init(columns: [String]) { self.columns = columns }

    package var rowCount: Int { rowOffsets.count - 1 }
    package var pathCount: Int { pathIDs.count }
    package var hopCount: Int { hopKinds.count }

    package struct Hop: Sendable, Equatable {
        package static let entity = UInt8(MNEME_HOP_ENTITY)
        package static let aspect = UInt8(MNEME_HOP_ASPECT)
        package static let attribute = UInt8(MNEME_HOP_ATTRIBUTE)
        package static let memory = UInt8(MNEME_HOP_MEMORY)

        package var id: UInt64
        /// One of the four above.
        package var kind: UInt8
        /// One per column.
        package var values: [Float]

        package init(id: UInt64, kind: UInt8, values: [Float]) {
            self.id = id
            self.kind = kind
            self.values = values
        }
    }

    /// Appends one row with its paths.
    package mutating func append(row paths: [(id: UInt64, hops: [Hop])]) {
        for path in paths {
            pathIDs.append(path.id)
            for hop in path.hops {
                precondition(hop.values.count == columns.count, "one value per column")
                hopIDs.append(hop.id)
                hopKinds.append(hop.kind)
                values += hop.values
            }
            hopOffsets.append(UInt32(hopKinds.count))
        }
        rowOffsets.append(UInt32(pathIDs.count))
    }

    /// Paths of a row.
    package func paths(_ row: Int) -> Range<Int> { Int(rowOffsets[row])..<Int(rowOffsets[row + 1]) }

    /// Hops of a path.
    package func hops(_ path: Int) -> Range<Int> { Int(hopOffsets[path])..<Int(hopOffsets[path + 1]) }

    /// The same paths with these columns, in this order; nil if one isn't there.
    package func taking(columns wanted: [String]) -> PathBlock? {
        if wanted == columns { return self }
        let places = wanted.compactMap(columns.firstIndex(of:))
        guard places.count == wanted.count else { return nil }
        var taken = self
        taken.columns = wanted
        taken.values = [Float](unsafeUninitializedCapacity: hopCount * places.count) { out, count in
            let width = columns.count
            for hop in 0..<hopCount {
                for (place, column) in places.enumerated() {
                    out.initializeElement(at: hop * places.count + place, to: values[hop * width + column])
                }
            }
            count = hopCount * places.count
        }
        return taken
    }

    /// Row i of the result is row `order[i]` of this one.
    package func taking(rows order: [Int]) -> PathBlock {
        var taken = PathBlock(columns: columns)
        let width = columns.count
        for row in order {
            taken.append(
                row: paths(row).map { path in
                    (
                        pathIDs[path],
                        hops(path).map { hop in
                            Hop(id: hopIDs[hop], kind: hopKinds[hop], values: Array(values[hop * width..<(hop + 1) * width]))
                        }
                    )
                })
        }
        return taken
    }
}

/// How much of a graph one request may bring: what fits beside everything else into a worker's arena.
package enum PathLimits {
    package static let hopsPerPath = 32
    package static let pathsPerRow = 256
    package static let hopsPerRequest = 1 << 18

    /// What is too much; nil = it fits, and is finite.
    package static func problem(_ block: PathBlock, rows: Int) -> String? {
        guard block.rowCount == rows, block.hopOffsets.count == block.pathCount + 1,
            block.hopIDs.count == block.hopCount, block.values.count == block.hopCount * block.columns.count
        else {
            return "the host's paths don't fit: \(block.rowCount) rows, \(block.pathCount) paths, \(block.hopCount) hops; needed: \(rows) rows"
        }
        if block.hopCount > hopsPerRequest {
            return "\(block.hopCount) hops; allowed: \(hopsPerRequest) per request"
        }
        for row in 0..<rows where block.paths(row).count > pathsPerRow {
            return "row \(row) has \(block.paths(row).count) paths; allowed: \(pathsPerRow)"
        }
        for path in 0..<block.pathCount where block.hops(path).count > hopsPerPath {
            return "path \(path) has \(block.hops(path).count) hops; allowed: \(hopsPerPath)"
        }
        for path in 0..<block.pathCount where block.hops(path).isEmpty {
            return "path \(path) has no hop; allowed: 1 to \(hopsPerPath)"
        }
        return block.values.allSatisfy(\.isFinite) ? nil : "a hop column isn't finite"
    }
}
