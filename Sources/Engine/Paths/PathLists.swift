/// Questions (head, relation, ?) with candidates and the paths that lead to them, in flat arrays: a file has millions of
/// hops.
struct PathLists: Sendable {
    /// One per list.
    private(set) var heads: [Int32] = []
    private(set) var relations: [Int32] = []
    /// Row of the true tail, counted in its list.
    private(set) var relevant: [Int] = []
    /// lists + 1, rows + 1, paths + 1.
    private(set) var rowOffsets: [Int] = [0]
    private(set) var pathOffsets: [Int] = [0]
    private(set) var hopOffsets: [Int] = [0]
    /// One per row.
    private(set) var candidates: [Int32] = []
    /// One per hop: the relation crossed (from R on: backwards), and the entity reached.
    private(set) var edges: [Int32] = []
    private(set) var entities: [Int32] = []

    var count: Int { heads.count }
    var pathCount: Int { hopOffsets.count - 1 }

    func rows(_ list: Int) -> Range<Int> { rowOffsets[list]..<rowOffsets[list + 1] }
    func paths(_ row: Int) -> Range<Int> { pathOffsets[row]..<pathOffsets[row + 1] }
    func hops(_ path: Int) -> Range<Int> { hopOffsets[path]..<hopOffsets[path + 1] }

    /// Hops of one path at most: what the files promise, and what a signature's key holds.
    static let longest = 4

    /// - Parameter file: JSONL, `.gz` or not.
    init(file: String, entityCount: Int, relationCount: Int) throws(ImportError) {
        let rows = try DatasetRows(file: file)
        while let item = try rows.next() {
            guard case .row(let row, let line) = item, append(row, entityCount, relationCount) else {
                throw ImportError(
                    .unknownDataset, place: "\(file), line \(rows.records.number)",
                    "is no list of candidates with paths over \(entityCount) entities and \(relationCount) relations",
                    advice: "Name a folder with entities.tsv.gz, relations.tsv.gz and dev/train_paths.jsonl.gz that belong together")
            }
            _ = line
        }
    }

    /// false = the row isn't of this schema; what was appended of it is then of no use.
    private mutating func append(_ row: [String: ParsedJSON], _ entityCount: Int, _ relationCount: Int) -> Bool {
        func entity(_ value: ParsedJSON?) -> Int32? {
            value?.integer.flatMap { (0..<entityCount).contains($0) ? Int32($0) : nil }
        }
        guard let head = entity(row["h"]), let relation = row["r"]?.integer, (0..<relationCount).contains(relation),
            let rows = row["cands"]?.elements, !rows.isEmpty
        else { return false }
        var positive: Int?
        for (place, candidate) in rows.enumerated() {
            guard let tail = entity(candidate[key: "c"]), let label = candidate[key: "y"]?.integer,
                let paths = candidate[key: "p"]?.elements
            else { return false }
            if label == 1 { positive = place }
            candidates.append(tail)
            for path in paths {
                guard let numbers = path.elements, append(path: numbers, to: tail, entityCount, relationCount) else { return false }
            }
            pathOffsets.append(hopOffsets.count - 1)
        }
        guard let positive else { return false }
        heads.append(head)
        relations.append(Int32(relation))
        relevant.append(positive)
        rowOffsets.append(candidates.count)
        return true
    }

    /// r1, e1, r2, e2, …, rk: the last entity is the candidate.
    private mutating func append(path: [ParsedJSON], to tail: Int32, _ entityCount: Int, _ relationCount: Int) -> Bool {
        guard path.count % 2 == 1, path.count <= 2 * Self.longest - 1 else { return false }
        for place in stride(from: 0, to: path.count, by: 2) {
            guard let edge = path[place].integer, (0..<2 * relationCount).contains(edge) else { return false }
            edges.append(Int32(edge))
            if place + 1 == path.count {
                entities.append(tail)
            } else {
                guard let entity = path[place + 1].integer, (0..<entityCount).contains(entity) else { return false }
                entities.append(Int32(entity))
            }
        }
        hopOffsets.append(edges.count)
        return true
    }
}
