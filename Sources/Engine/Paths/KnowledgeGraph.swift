import Features

/// A graph of triples with what its columns are computed from (`data/kgpaths` and kin): read once, then constant.
struct KnowledgeGraph: Sendable {
    let names: [String]
    let relationNames: [String]
    /// Edges of each entity, both directions together; distinct neighbours; community.
    private let degrees: [Int32]
    private let neighbours: [Int32]
    private let communities: [Int32]
    private let largestDegree: Int32
    /// Triples of each relation; tails per head, heads per tail.
    private let uses: [Int]
    private let tailsPerHead: [Float]
    private let headsPerTail: [Float]
    private let mostUses: Int
    /// Edges that leave an entity over a relation, backwards from R on.
    private let fans: [UInt64: Int32]
    /// Edges between two entities, whatever their relations and directions.
    private let links: [UInt64: Int32]

    var entityCount: Int { names.count }
    var relationCount: Int { relationNames.count }

    /// - Parameter folder: with `entities.tsv.gz`, `relations.tsv.gz` and `dev/graph_train.tsv.gz`.
    init(folder: String) throws(ImportError) {
        let entities = try Table("\(folder)/entities.tsv.gz")
        names = try entities.column("name")
        communities = try entities.numbers("community").map { Int32($0) }
        neighbours = try entities.numbers("distinct_neighbours").map { Int32($0) }
        let (outwards, inwards) = (try entities.numbers("out_degree"), try entities.numbers("in_degree"))
        degrees = zip(outwards, inwards).map { Int32($0 + $1) }
        largestDegree = degrees.max() ?? 1
        let relations = try Table("\(folder)/relations.tsv.gz")
        relationNames = try relations.column("name")
        uses = try relations.numbers("train_count").map { Int($0) }
        mostUses = uses.max() ?? 1
        tailsPerHead = try relations.numbers("tails_per_head").map { Float($0) }
        headsPerTail = try relations.numbers("heads_per_tail").map { Float($0) }
        let limit = PathFeedback.relationLimit
        guard relationNames.count <= limit else {
            throw ImportError(
                .unknownDataset, place: "\(folder)/relations.tsv.gz", "has \(relationNames.count) relations; at most \(limit) fit",
                advice: "Leave out the rare ones")
        }
        (fans, links) = try Self.edges(
            "\(folder)/dev/graph_train.tsv.gz", entities: names.count, relations: relationNames.count)
    }

    private static func edges(
        _ file: String, entities: Int, relations: Int
    ) throws(ImportError) -> (fans: [UInt64: Int32], links: [UInt64: Int32]) {
        var fans: [UInt64: Int32] = [:]
        var links: [UInt64: Int32] = [:]
        let triples = try Table(file)
        for line in 0..<triples.count {
            let ids = triples.row(line).compactMap { Int($0) }
            guard ids.count == 3, (0..<entities).contains(ids[0]), (0..<relations).contains(ids[1]), (0..<entities).contains(ids[2])
            else {
                throw ImportError(
                    .unknownDataset, place: "\(file), line \(line + 2)", "is no triple of known ids",
                    advice: "Take entities, relations and graph of one set")
            }
            fans[key(Int32(ids[0]), Int32(ids[1])), default: 0] += 1
            fans[key(Int32(ids[2]), Int32(ids[1] + relations)), default: 0] += 1
            links[pair(Int32(ids[0]), Int32(ids[2])), default: 0] += 1
        }
        return (fans, links)
    }

    private static func pair(_ one: Int32, _ other: Int32) -> UInt64 { key(min(one, other), max(one, other)) }

    private static func key(_ entity: Int32, _ relation: Int32) -> UInt64 { UInt64(entity) << 32 | UInt64(relation) }

    /// A training question's own edge: it isn't in the graph that its paths were found in.
    struct Removed {
        var head: Int32
        var relation: Int32
        var tail: Int32
    }

    /// Columns of the hops of one path from `head`, in the order of `PathCatalog`, hops × columns.
    ///
    /// - Parameter feedback: how often a path of this kind led to the true tail (`PathFeedback`).
    func columns(
        head: Int32, edges: ArraySlice<Int32>, entities: ArraySlice<Int32>, feedback: Float, without removed: Removed?,
        into values: inout [Float]
    ) {
        var prefix = Prefix()
        var from = head
        for (edge, entity) in zip(edges, entities) {
            let strength = 1 / Float(fan(from, edge, removed))
            let confidence = self.confidence(of: edge)
            prefix.cross(strength: strength, confidence: confidence, changes: communities[Int(from)] != communities[Int(entity)])
            append(entity, edge, strength, confidence, prefix, feedback, removed, to: &values)
            from = entity
        }
    }

    /// What is known of the hops so far.
    private struct Prefix {
        var hops: Float = 0
        var least: Float = 1
        var sum: Float = 0
        var crossings: Float = 0
        var logStrength: Float = 0

        mutating func cross(strength: Float, confidence: Float, changes: Bool) {
            hops += 1
            least = min(least, strength)
            sum += confidence
            if changes { crossings += 1 }
            logStrength += logarithm(strength)
        }
    }

    private func append(
        _ entity: Int32, _ edge: Int32, _ strength: Float, _ confidence: Float, _ prefix: Prefix, _ feedback: Float,
        _ removed: Removed?, to values: inout [Float]
    ) {
        let first = values.count
        values += PathCatalog.absentValues
        func set(_ column: Place, _ value: Float) { values[first + column.rawValue] = value }
        let own = Int32((removed?.head == entity ? 1 : 0) + (removed?.tail == entity ? 1 : 0))
        set(.importance, logarithm(Float(degrees[Int(entity)] - own) + 1) / logarithm(Float(largestDegree) + 1))
        let base = Int(edge) % relationCount
        set(.accessCount, logarithm(Float(uses[base]) + 1) / logarithm(Float(mostUses) + 1))
        set(.isEmbedded, 1)
        set(.entitySlot, PathSlot.value(names[Int(entity)]))
        set(.aspectSlot, Float(edge) / Float(2 * relationCount))
        set(.isConstraint, Int(edge) >= relationCount ? 1 : 0)
        set(.density, logarithm(Float(neighbours[Int(entity)] - (own > 0 ? lostNeighbours(removed) : 0)) + 1))
        set(.hopCount, prefix.hops / 10)
        set(.leastConfidence, prefix.least)
        set(.meanWeight, prefix.sum / prefix.hops)
        set(.crossings, prefix.crossings / prefix.hops)
        set(.feedback, feedback)
        set(.logStrength, prefix.logStrength)
        set(.focalDistance, prefix.hops / 4)
        set(.strength, strength)
        set(.confidence, confidence)
        set(.relation, Float(edge + 1))
    }

    /// 1 where the removed edge was the only one between its ends. Where entities have two or three neighbours, one that
    /// is counted and not there would give the true tail away.
    private func lostNeighbours(_ removed: Removed?) -> Int32 {
        guard let removed, removed.head != removed.tail else { return 0 }
        return links[Self.pair(removed.head, removed.tail)] == 1 ? 1 : 0
    }

    /// Edges that leave `entity` over `edge`, itself included.
    private func fan(_ entity: Int32, _ edge: Int32, _ removed: Removed?) -> Int32 {
        var count = fans[Self.key(entity, edge)] ?? 1
        if let removed {
            if entity == removed.head && edge == removed.relation { count -= 1 }
            if entity == removed.tail && edge == removed.relation + Int32(relationCount) { count -= 1 }
        }
        return max(count, 1)
    }

    private func confidence(of edge: Int32) -> Float {
        let base = Int(edge) % relationCount
        return 1 / max(Int(edge) < relationCount ? tailsPerHead[base] : headsPerTail[base], 1)
    }

    /// Where the columns that such a graph knows stand in the catalogue.
    private enum Place: Int {
        case importance = 1
        case accessCount = 2
        case isEmbedded = 10
        case entitySlot = 12
        case aspectSlot, isConstraint, density
        case hopCount = 17
        case leastConfidence, meanWeight, crossings, feedback, logStrength, focalDistance, strength, confidence, relation
    }
}

/// `path.entity_slot`: FNV-1a-32 of a name mod 1024, ÷ 1024.
enum PathSlot {
    static let count = 1024

    static func value(_ name: String) -> Float {
        var hash: UInt32 = 2_166_136_261
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Float(hash % UInt32(count)) / Float(count)
    }
}

/// A `.tsv` with a header line, small enough to hold.
private struct Table {
    private let file: String
    private var header: [Substring] = []
    private var lines: [String] = []

    init(_ file: String) throws(ImportError) {
        self.file = file
        let records = try ByteRecords(file: file)
        while let record = try records.next() {
            guard case .bytes(let bytes) = record else { continue }
            lines.append(String(decoding: bytes, as: UTF8.self))
        }
        if !lines.isEmpty { header = lines.removeFirst().split(separator: "\t") }
    }

    var count: Int { lines.count }

    func row(_ line: Int) -> [Substring] { lines[line].split(separator: "\t", omittingEmptySubsequences: false) }

    func column(_ name: String) throws(ImportError) -> [String] {
        guard let place = header.firstIndex(of: Substring(name)) else {
            throw ImportError(
                .unknownDataset, place: file, "has no column \(name), but \(header.joined(separator: ", "))",
                advice: "Take a set of data/kgpaths")
        }
        return lines.indices.map { line in
            let row = row(line)
            return place < row.count ? String(row[place]) : ""
        }
    }

    func numbers(_ name: String) throws(ImportError) -> [Double] {
        var numbers: [Double] = []
        for (line, text) in try column(name).enumerated() {
            guard let number = Double(text), number.isFinite else {
                throw ImportError(
                    .unknownDataset, place: "\(file), line \(line + 2)", "\(name) is \"\(text)\", not a number",
                    advice: "Take a set of data/kgpaths")
            }
            numbers.append(number)
        }
        return numbers
    }
}
