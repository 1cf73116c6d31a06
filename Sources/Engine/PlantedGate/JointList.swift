import Evaluation
import Synthetic

/// Candidates that both have a history and are reached by paths, and what they are worth by both together.
struct JointList: Sendable {
    var interactions: PlantedHistory.List
    /// As many candidates as there are rows.
    var paths: PlantedPathList
    /// Per row: the truth, and what was observed of it.
    var clean: [Float]
    var noisy: [Float]

    var rows: Int { clean.count }
    /// Nobody knows a path to any row.
    var isWithoutPaths: Bool { paths.candidates.allSatisfy(\.isEmpty) }
    /// Rows that were wanted: above 0, the best three.
    var relevant: Set<Int> { Self.relevant(noisy) }

    private static func relevant(_ logits: [Float]) -> Set<Int> {
        let order = logits.indices.filter { logits[$0] > 0 }.sorted { (logits[$0], $1) > (logits[$1], $0) }
        return Set(order.prefix(PlantedList.mostRelevant))
    }

    /// The interactions alone decide.
    init(withoutPaths list: PlantedHistory.List, like drawn: PlantedPathList) {
        interactions = list
        paths = drawn
        paths.candidates = Array(repeating: [], count: list.rows)
        (paths.utilities, paths.noisy) = ([], [])
        (clean, noisy) = (list.clean, list.noisy)
    }

    /// - Parameters:
    ///   - drawn: more candidates than there are rows.
    ///   - weight: logits per standard deviation of path utility.
    ///   - isEmpty: nothing may be relevant: rows get paths that don't make them so.
    init(_ list: PlantedHistory.List, _ drawn: PlantedPathList, weight: Double, isEmpty: Bool) {
        precondition(drawn.candidates.count >= list.rows, "a path list for every row")
        func worth(_ utility: Double) -> Float {
            Float(weight * (utility - JointSettings.pathMean) / JointSettings.pathSpread)
        }
        var free = Array(drawn.candidates.indices)
        var chosen: [Int] = []
        for row in 0..<list.rows {
            var place = 0
            if isEmpty {
                // The first that leaves the row clearly unwanted, as lists of interactions alone have it; else the worst.
                place =
                    free.firstIndex { list.clean[row] + worth(drawn.utilities[$0]) < Self.unwanted }
                    ?? free.indices.min { drawn.utilities[free[$0]] < drawn.utilities[free[$1]] } ?? 0
            }
            chosen.append(free.remove(at: place))
        }
        interactions = list
        paths = drawn
        paths.candidates = chosen.map { drawn.candidates[$0] }
        paths.utilities = chosen.map { drawn.utilities[$0] }
        paths.noisy = chosen.map { drawn.noisy[$0] }
        clean = chosen.enumerated().map { list.clean[$0] + worth(drawn.utilities[$1]) }
        noisy = chosen.enumerated().map { list.noisy[$0] + worth(drawn.noisy[$1]) }
    }

    private static let unwanted: Float = -0.7
}
