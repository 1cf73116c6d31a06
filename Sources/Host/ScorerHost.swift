import Foundation
import Platform
import PluginABI
import Synchronization

/// Everything a turn is served with. Immutable: a turn takes one and keeps it, a swap exchanges the whole.
package final class HostConfiguration: Sendable {
    package let file: PluginsFile
    package let hash: String
    package let models: [ScorerModel]
    /// Scorers that aren't live: id, tier, state and why.
    package let absent: [(id: String, tier: String, state: String, reason: String)]

    init(file: PluginsFile, hash: String, models: [ScorerModel], absent: [(id: String, tier: String, state: String, reason: String)]) {
        self.file = file
        self.hash = hash
        self.models = models
        self.absent = absent
    }
}

/// Rows by named columns; each scorer is sent exactly those its manifest names.
package struct HostRequest {
    package var rows: Int
    package var ids: [UInt64]
    package var columns: (_ names: [String]) throws -> (values: [Float], present: [UInt8])
    package var query: String
    package var nowMilliseconds: Int64
    package var utcOffsetSeconds: Int
    package var request: UInt64
    package var deadlineMilliseconds: Double?
    package var wantsParts: Bool
    /// Ids to use instead of the configuration's, in order.
    package var scorers: [String]?

    package init(rows: Int, ids: [UInt64], columns: @escaping (_ names: [String]) throws -> (values: [Float], present: [UInt8])) {
        self.rows = rows
        self.ids = ids
        self.columns = columns
        query = ""
        nowMilliseconds = 0
        utcOffsetSeconds = 0
        request = 0
        wantsParts = false
    }
}

package struct HostAnswer: Sendable {
    /// One per row, finite.
    package var scores: [Float]
    package var partNames: [String]
    /// rows × partNames
    package var parts: [Float]
    package var scorers: [String]
    package var degraded: [String]
}

/// Serves turns from the current configuration.
package final class ScorerHost: Sendable {
    private let current: Mutex<HostConfiguration>

    package init(_ configuration: HostConfiguration) { current = Mutex(configuration) }

    package var configuration: HostConfiguration { current.withLock { $0 } }

    /// The seam for the swap: turns under way keep the one they took.
    package func replace(_ configuration: HostConfiguration) { current.withLock { $0 = configuration } }

    /// Always answers: what failed is in `degraded`, at worst the floor scores.
    package func score(_ request: HostRequest) -> HostAnswer {
        let configuration = self.configuration
        var degraded = configuration.absent.filter { $0.state != "disabled" }.map { "\($0.id): \($0.reason)" }
        let start = mneme_monotonic_ns()
        let budget = min(configuration.file.scoringBudgetMilliseconds, request.deadlineMilliseconds ?? .infinity)
        let end = start + Int64(max(0.05, budget) * 1_000_000)
        if request.rows == 0 {
            let scorers = configuration.models.map { "\($0.id) \($0.version)" }
            return HostAnswer(scores: [], partNames: [], parts: [], scorers: scorers, degraded: degraded)
        }
        var answers: [(model: ScorerModel, rows: CheckedRows)] = []
        var wanted = configuration.models
        if let ids = request.scorers {
            degraded = []
            wanted = ids.compactMap { id in configuration.models.first { $0.id == id } }
            for id in ids where id != FloorScorer.id && !wanted.contains(where: { $0.id == id }) {
                degraded.append(configuration.absent.first { $0.id == id }.map { "\($0.id): \($0.reason)" } ?? "\(id): no such scorer")
            }
        }
        for model in wanted {
            switch Self.ask(model, request, end: min(end, mneme_monotonic_ns() + model.deadlineNanoseconds), rowsPerCall: configuration.file.rowsPerCall) {
            case .success(let rows):
                if let fault = rows.fault { degraded.append("\(model.id): \(fault)") }
                if rows.okCount > 0 { answers.append((model, rows)) }
            case .failure(let reason):
                degraded.append("\(model.id): \(reason.message)")
            }
            if configuration.file.combiner == .first, let last = answers.last, last.rows.okCount == request.rows { break }
        }
        return combine(answers, request, configuration.file, degraded)
    }

    struct Reason: Error { var message: String }

    private static func ask(_ model: ScorerModel, _ request: HostRequest, end: Int64, rowsPerCall: Int) -> Result<CheckedRows, Reason> {
        let inputs: (values: [Float], present: [UInt8])
        do { inputs = try request.columns(model.columns) } catch { return .failure(Reason(message: "\(error)")) }
        let width = model.columns.count
        var result = CheckedRows(rows: request.rows, partCount: request.wantsParts ? model.partCount : 0)
        let step = model.manifest.isListScope ? max(request.rows, 1) : rowsPerCall
        let query = model.wantsQueryText ? Array(request.query.utf8) : []
        var first = 0
        repeat {
            let count = min(step, request.rows - first)
            let whole = first == 0 && count == request.rows
            let slot = model.takeSlot()
            slot.fill(
                inputs: whole ? inputs.values : Array(inputs.values[(first * width)..<((first + count) * width)]), columns: width,
                present: inputs.present, ids: whole ? request.ids : Array(request.ids[first..<(first + count)]), query: query,
                rows: count, partCount: result.partCount)
            switch model.call(
                slot, nowMilliseconds: request.nowMilliseconds, utcOffsetSeconds: request.utcOffsetSeconds, request: request.request, deadline: end)
            {
            case .scored(let slot):
                result.take(slot, at: first)
                model.giveBack(slot)
            case .late(let reason):
                // The slot stays with the call that is still out.
                return first == 0 ? .failure(Reason(message: reason)) : .success(result.with(fault: reason))
            case .failed(let reason):
                model.giveBack(slot)
                return first == 0 ? .failure(Reason(message: reason)) : .success(result.with(fault: reason))
            }
            first += count
        } while first < request.rows
        return .success(result)
    }

    private func combine(
        _ answers: [(model: ScorerModel, rows: CheckedRows)], _ request: HostRequest, _ file: PluginsFile, _ degraded: [String]
    ) -> HostAnswer {
        var answer = HostAnswer(scores: [], partNames: [], parts: [], scorers: [], degraded: degraded)
        let complete = answers.filter { $0.rows.okCount == request.rows }
        switch file.combiner {
        case .fixed where complete.count > 1, .rrf where complete.count > 1:
            answer.scores = [Float](repeating: 0, count: request.rows)
            answer.partNames = complete.map(\.model.id)
            answer.parts = [Float](repeating: 0, count: request.rows * complete.count)
            for (place, item) in complete.enumerated() {
                let contributions = file.combiner == .rrf
                    ? Combining.reciprocalRanks(item.rows.values, k: Float(file.rrfK))
                    : Combining.robustZ(item.rows.values).map { $0 * Float(file.combinerWeights[item.model.id] ?? 0) }
                for row in 0..<request.rows {
                    answer.scores[row] += contributions[row]
                    answer.parts[row * complete.count + place] = contributions[row]
                }
                answer.scorers.append("\(item.model.id) \(item.model.version)")
            }
            return answer
        default:
            if let item = complete.first {
                answer.scores = item.rows.values
                answer.scorers = ["\(item.model.id) \(item.model.version)"]
                if item.rows.partCount > 0 {
                    answer.partNames = item.model.manifest.parts
                    answer.parts = item.rows.parts
                }
                return answer
            }
        }
        return floor(request, answer)
    }

    private func floor(_ request: HostRequest, _ answer: HostAnswer) -> HostAnswer {
        var answer = answer
        answer.scorers = ["\(FloorScorer.id) 1"]
        let wanted = request.scorers?.contains(FloorScorer.id) == true
        if !wanted { answer.degraded.append("answered by the floor, the formula compiled into the host") }
        guard let inputs = try? request.columns(FloorScorer.columns) else {
            answer.scores = [Float](repeating: 0, count: request.rows)
            return answer
        }
        answer.scores = FloorScorer.score(inputs.values, rows: request.rows)
        for row in answer.scores.indices where !answer.scores[row].isFinite { answer.scores[row] = 0 }
        if request.wantsParts {
            answer.partNames = FloorScorer.partNames
            answer.parts = FloorScorer.parts(inputs.values, rows: request.rows)
        }
        return answer
    }
}
