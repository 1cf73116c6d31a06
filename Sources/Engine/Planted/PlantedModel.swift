import Glibc
import StateSpace
import Synthetic

/// Who ranks planted lists: a model, a formula, or the oracle.
protocol PlantedRanker {
    var name: String { get }
    /// One score per row, list by list.
    func scores(_ history: PlantedHistory) -> [[Float]]
}

struct OracleRanker: PlantedRanker {
    let name = "oracle"
    func scores(_ history: PlantedHistory) -> [[Float]] { history.lists.map(\.clean) }
}

/// A formula over columns of `PlantedColumns.all` and the base.
struct FormulaRanker: PlantedRanker {
    let name: String
    let formula: @Sendable (_ row: ArraySlice<Float>, _ base: Float) -> Float

    func scores(_ history: PlantedHistory) -> [[Float]] {
        let width = PlantedColumns.all.count
        return history.lists.map { list in
            (0..<list.rows).map { formula(list.columns[$0 * width..<($0 + 1) * width], list.base[$0]) }
        }
    }

    private static func place(_ name: String) -> Int { PlantedColumns.all.firstIndex(of: name) ?? 0 }

    /// The seeds' formula.
    static var effective: FormulaRanker {
        let (age, importance) = (place("memory.log_age_days@1"), place("memory.importance@1"))
        return FormulaRanker(name: "importance·0.95^age") { row, _ in
            row[row.startIndex + importance] * exp(-0.051293 * (exp(row[row.startIndex + age]) - 1))
        }
    }

    /// F1 with bounded priors, and what is in focus before everything else.
    static var focused: FormulaRanker {
        let (focal, terms) = (place("context.is_focal@1"), place("query.terms@1"))
        return FormulaRanker(name: "F1 bounded + is_focal") { row, base in
            base + row[row.startIndex + focal] * (row[row.startIndex + terms] > 0 ? 4 : 1)
        }
    }

    static let bounded = FormulaRanker(name: "F1 bounded") { _, base in base }
}

/// Weights as they would serve: the trunk steps over the stretch, rows are read against its state.
struct ModelRanker: PlantedRanker {
    let name: String
    let scorer: SequenceScorer
    let scaling: PlantedScaling

    init(_ name: String, _ file: ScorerFile) {
        self.name = name
        scorer = file.model()
        scaling = PlantedScaling(file)
    }

    func scores(_ history: PlantedHistory) -> [[Float]] {
        let scratch = ScorerScratch(scorer)
        let state = scorer.makeState()
        var result: [[Float]] = []
        var lists = history.lists[...]
        var before = history.atMilliseconds.first ?? 0
        for place in history.events.indices {
            let at = history.atMilliseconds[place]
            let gap = Float(Double(max(0, at - before)) / 1000 / scaling.description.referenceSeconds)
            scorer.advance(
                state, columns: history.events[place], ids: history.ids[place], gap: gap, atMilliseconds: at, scratch)
            before = at
            while let list = lists.first, list.event == place {
                result.append(score(list, state, scratch))
                lists.removeFirst()
            }
        }
        return result
    }

    private func score(_ list: PlantedHistory.List, _ state: ScorerState, _ scratch: ScorerScratch) -> [Float] {
        scorer.beginTurn(state, bare: nil, scratch)
        let heads = scorer.shape.heads
        var out = [Float](repeating: 0, count: list.rows * heads)
        list.columns.withUnsafeBufferPointer { columns in
            list.ids.withUnsafeBufferPointer { ids in
                list.base.withUnsafeBufferPointer { base in
                    out.withUnsafeMutableBufferPointer { out in
                        guard let start = columns.baseAddress, let first = out.baseAddress else { return }
                        let rows = ScorerRows(
                            columns: start, stride: PlantedColumns.all.count, ids: ids.baseAddress, base: base.baseAddress)
                        scorer.score(rows, range: 0..<list.rows, order: scaling.order, scratch, to: first)
                    }
                }
            }
        }
        return (0..<list.rows).map { out[$0 * heads] }
    }
}
