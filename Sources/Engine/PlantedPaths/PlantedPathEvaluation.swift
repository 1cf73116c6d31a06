import Evaluation
import Foundation
import StateSpace
import Synthetic

/// Which planted patterns who finds: S4D, Mamba over hops, hops pooled without an order, and the oracle that knows the
/// clean utilities, on held-out worlds; each model trained alike, or one read from a file.
package struct PlantedPathEvaluation {
    package struct Request: Sendable, Equatable {
        package var size = "small"
        /// These alone are measured, in place of models trained for the purpose.
        package var weights: String?
        package var steps = 2400
        package var batch = 32
        package var rate = 3e-3
        package var seed: UInt64 = 1
        package var threads = 2
        /// Worlds that early stopping looks at.
        package var heldOutWorlds = 60
        package var worlds = 200
        package var resamples = 2000

        package init() {}
    }

    package struct Interval: Sendable, Equatable {
        package var mean: Double
        package var low: Double
        package var high: Double

        package init(mean: Double, low: Double, high: Double) {
            self.mean = mean
            self.low = low
            self.high = high
        }
    }

    package struct Cell: Sendable {
        /// `PathPattern`, or "as met": all patterns at once, hard negatives among them.
        package var pattern: String
        /// By the labels as seen.
        package var top1: Interval
        package var mrr: Interval
        /// By the clean labels.
        package var cleanTop1: Double
        /// Top-1 where the right answer was drawn regardless of the list; nil where there is no such list.
        package var twinTop1: Double?

        package init(pattern: String, top1: Interval, mrr: Interval, cleanTop1: Double, twinTop1: Double?) {
            self.pattern = pattern
            self.top1 = top1
            self.mrr = mrr
            self.cleanTop1 = cleanTop1
            self.twinTop1 = twinTop1
        }
    }

    package struct Row: Sendable {
        package var ranker: String
        /// `all`, or `hops_alone`: without what is summed up along the path.
        package var columns: String
        /// nil = no model.
        package var parameters: Int?
        package var seconds: Double?
        /// Chance that the best candidate of a list with an answer scores above the best of one without.
        package var nothingAUC: Double?
        package var cells: [Cell]

        package init(
            ranker: String, columns: String, parameters: Int?, seconds: Double?, nothingAUC: Double?, cells: [Cell]
        ) {
            self.ranker = ranker
            self.columns = columns
            self.parameters = parameters
            self.seconds = seconds
            self.nothingAUC = nothingAUC
            self.cells = cells
        }
    }

    package struct Table: Sendable {
        package var worlds: Int
        package var lists: Int
        package var seed: UInt64
        package var rows: [Row]

        package init(worlds: Int, lists: Int, seed: UInt64, rows: [Row]) {
            self.worlds = worlds
            self.lists = lists
            self.seed = seed
            self.rows = rows
        }
    }

    package var request: Request

    package init(_ request: Request) { self.request = request }

    package func run(progress: (PlantedPathTraining.Progress) -> Void) throws -> Table {
        let size = try PlantedPathTraining.size(request.size)
        // Not the seed that early stopping's worlds are drawn from.
        let board = PlantedPathBoard(worlds: request.worlds, seed: request.seed ^ 0x5EED_0FE5_7)
        var rows = [row("oracle", columns: "", nil, board, PlantedPathBoard.oracle)]
        if let weights = request.weights {
            let model = try PlantedPathTraining.translating { try PathModel(SafetensorsFile(path: weights)) }
            rows.append(row(URL(fileURLWithPath: weights).lastPathComponent, columns: "all", (model, nil), board))
        } else {
            for columns in PlantedPathShape.Columns.allCases {
                for kind in PlantedPathShape.Kind.allCases {
                    let result = try fit(kind, size, columns, progress)
                    rows.append(row(kind.rawValue, columns: columns.rawValue, (result.model, result.seconds), board))
                }
            }
        }
        return Table(worlds: request.worlds, lists: board.entries.count, seed: request.seed, rows: rows)
    }

    private func fit(
        _ kind: PlantedPathShape.Kind, _ size: PlantedPathShape.Size, _ columns: PlantedPathShape.Columns,
        _ progress: (PlantedPathTraining.Progress) -> Void
    ) throws -> PlantedPathFit.Result {
        var fit = PlantedPathFit(
            configuration: PlantedPathShape.configuration(kind, size, columns), steps: request.steps, batch: request.batch,
            rate: request.rate, seed: request.seed, threads: request.threads)
        fit.heldOutWorlds = request.heldOutWorlds
        return try PlantedPathTraining.translating {
            try fit.run { now in
                progress(
                    .init(
                        ranker: "\(kind.rawValue), \(columns.rawValue)", stage: now.stage, step: now.step,
                        steps: request.steps, loss: now.loss))
            }
        }
    }
}

extension PlantedPathEvaluation {
    private func row(
        _ name: String, columns: String, _ fitted: (model: PathModel, seconds: Double?)?, _ board: PlantedPathBoard,
        _ scorer: ((PlantedPathList) -> [Float])? = nil
    ) -> Row {
        let scores = scorer ?? fitted.map { PlantedPathBoard.scorer($0.model) } ?? PlantedPathBoard.oracle
        let answers = PlantedPathBoard.answers(board.entries, scores)
        let twins = PlantedPathBoard.answers(board.twins, scores)
        let patterns = [nil] + PathPattern.allCases.map { $0 as PathPattern? }
        return Row(
            ranker: name, columns: columns, parameters: fitted?.model.parameters.layout.count, seconds: fitted?.seconds,
            nothingAUC: Self.nothingAUC(answers),
            cells: patterns.map { pattern in
                cell(pattern, answers.filter { $0.pattern == pattern }, twins.filter { $0.pattern == pattern })
            })
    }

    private func cell(
        _ pattern: PathPattern?, _ answers: [PlantedPathBoard.Answer], _ twins: [PlantedPathBoard.Answer]
    ) -> Cell {
        let seen = answers.filter { $0.seen != nil }
        func interval(_ value: (TiedRank) -> Double) -> Interval {
            // Lists of one world have their graph and its history in common.
            let sample = Sample(seen.compactMap { $0.seen.map(value) }, clusters: seen.map(\.world))
            let interval = BootstrapInterval(sample, resamples: request.resamples, seed: request.seed)
            return Interval(mean: interval.mean, low: interval.low, high: interval.high)
        }
        func top1(_ ranks: [TiedRank]) -> Double { Sample(ranks.map { $0.hit(at: 1) }).mean }
        return Cell(
            pattern: pattern?.rawValue ?? "as met", top1: interval { $0.hit(at: 1) }, mrr: interval { $0.reciprocalRank },
            cleanTop1: top1(answers.compactMap(\.clean)), twinTop1: pattern.map { _ in top1(twins.compactMap(\.seen)) })
    }

    /// Over lists as met.
    private static func nothingAUC(_ answers: [PlantedPathBoard.Answer]) -> Double? {
        let met = answers.filter { $0.pattern == nil }
        let some = met.filter { $0.clean != nil }.map(\.best)
        let none = met.filter { $0.clean == nil }.map(\.best)
        guard !some.isEmpty, !none.isEmpty else { return nil }
        let wins = none.reduce(0.0) { sum, empty in
            sum + some.reduce(0.0) { $0 + ($1 > empty ? 1 : $1 == empty ? 0.5 : 0) }
        }
        return wins / Double(some.count * none.count)
    }
}
