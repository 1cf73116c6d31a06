import Evaluation
import Features
import Heuristic
import Synthetic

/// A stretch of one world's events and the lists among them, in columns that aren't scaled yet.
struct PlantedHistory: Sendable {
    /// [T, G] event columns, in the order of `PlantedColumns.events`.
    var events: [[Float]]
    var ids: [[(id: UInt64, role: UInt8)]]
    var atMilliseconds: [Int64]
    var lists: [List]
    var world: UInt64

    struct List: Sendable {
        /// Of the stretch.
        var event: Int
        /// [rows, F], in the order of `PlantedColumns.all`.
        var columns: [Float]
        var ids: [UInt64]
        /// The formula's score per row.
        var base: [Float]
        var clean: [Float]
        var noisy: [Float]
        var situation: PlantedList.Situation
        /// Sessions that the user had by then, this one included.
        var sessions: Int

        var rows: Int { ids.count }

        init(_ list: PlantedList, event: Int) throws {
            self.event = event
            // Both at once: what stands in a row once needn't be computed twice.
            let matrix = try ColumnMatrix(names: PlantedColumns.all, candidates: list.candidates, turn: list.turn)
            columns = matrix.values
            ids = list.ids
            base = try Self.base(list)
            clean = list.clean
            noisy = list.noisy
            situation = list.situation
            sessions = list.sessions
        }

        private static let formula = Heuristic(parameters: HeuristicParameters(), columns: PlantedColumns.heuristic)

        private static func base(_ list: PlantedList) throws -> [Float] {
            let matrix = try ColumnMatrix(names: PlantedColumns.heuristic, candidates: list.candidates, turn: list.turn)
            var scores = [Float](repeating: 0, count: matrix.rows)
            matrix.values.withUnsafeBufferPointer { values in
                scores.withUnsafeMutableBufferPointer { out in
                    guard let rows = values.baseAddress, let first = out.baseAddress else { return }
                    formula.score(rows, rows: out.count, strideBytes: matrix.names.count * 4, into: first)
                }
            }
            return scores
        }

        /// Rows that were wanted: above 0, the best three.
        var relevant: Set<Int> { Self.relevant(noisy) }
        var trulyRelevant: Set<Int> { Self.relevant(clean) }

        private static func relevant(_ logits: [Float]) -> Set<Int> {
            let order = logits.indices.filter { logits[$0] > 0 }.sorted { (logits[$0], $1) > (logits[$1], $0) }
            return Set(order.prefix(PlantedList.mostRelevant))
        }
    }

    /// Events `range` of the world as they stand, lists to be added.
    init(_ world: World, events range: Range<Int>) { self.init(Array(world.events[range]), world: world.seed) }

    init(_ part: CanaryScene.Part) throws {
        self.init(part.events, world: part.seed)
        lists = try part.lists.map { try List($0, event: $0.event) }
    }

    private init(_ events: [PlantedEvent], world: UInt64) {
        self.world = world
        self.events = events.map { event in
            let values = EventCatalog.values(event.facts)
            return PlantedColumns.eventPlaces.map { values[$0] }
        }
        // Roles as the ABI numbers them: 1 = focal, 4 = referenced.
        ids = events.map { event in event.focal.map { ($0, 1) } + event.referenced.map { ($0, 4) } }
        atMilliseconds = events.map(\.facts.atMilliseconds)
        lists = []
    }
}
