import Evaluation
import Features
import Foundation

/// Measures a path scorer on the development questions of a set, through the real library behind the host, beside the
/// rankers that the files alone give.
package struct PathEvaluation {
    package struct Row: Sendable {
        package var ranker: String
        package var metrics: [(name: String, mean: Double, low: Double, high: Double)]
        /// nil = nobody was asked.
        package var millisecondsPerQuery: Double?
        package var scorers: [String] = []
        package var degraded: [String] = []

        package init(
            ranker: String, metrics: [(name: String, mean: Double, low: Double, high: Double)],
            millisecondsPerQuery: Double? = nil, scorers: [String] = [], degraded: [String] = []
        ) {
            self.ranker = ranker
            self.metrics = metrics
            self.millisecondsPerQuery = millisecondsPerQuery
            self.scorers = scorers
            self.degraded = degraded
        }
    }

    package struct Table: Sendable {
        package var dataset: String
        package var questions: Int
        package var candidates: Int
        package var paths: Int
        /// Share of the questions whose true tail has a path.
        package var reachable: Double
        package var rows: [Row]

        package init(
            dataset: String, questions: Int, candidates: Int, paths: Int, reachable: Double, rows: [Row]
        ) {
            self.dataset = dataset
            self.questions = questions
            self.candidates = candidates
            self.paths = paths
            self.reachable = reachable
            self.rows = rows
        }
    }

    /// Who is measured.
    package enum Subject: Sendable {
        /// These weights in `libS4DPathScorer.so`.
        case weights(String, pluginFolders: [String])
        /// Whatever plugins.json says: its text and path.
        case configuration(text: String, path: String)
    }

    package static let metrics: [(name: String, value: @Sendable (TiedRank) -> Double)] = [
        ("MRR", { $0.reciprocalRank }), ("H@1", { $0.hit(at: 1) }), ("H@3", { $0.hit(at: 3) }),
        ("HR@5", { $0.hit(at: 5) }), ("H@10", { $0.hit(at: 10) }), ("DCG@10", { $0.dcg(at: 10) }),
    ]

    /// What a question sends, and what may be withheld.
    package static let columns = PathCatalog.names + ["query.relation@1"]

    package var folder: String
    package var set: String?
    /// nil = the rankers that the files alone give.
    package var subject: Subject?
    package var seed: UInt64 = 7
    package var resamples = 2000
    /// Only the first so many questions.
    package var questionLimit: Int?
    /// Columns that aren't sent, of hops or of candidates: what a model is worth without them, or whose numbers it
    /// can't know, as relations that somebody else numbered.
    package var withheld: Set<String> = []

    package init(folder: String, set: String?, subject: Subject?) {
        self.folder = folder
        self.set = set
        self.subject = subject
    }

    /// Every ranker's ranks, question by question.
    struct Judged {
        var dataset: String
        var lists: PathLists
        var count: Int
        /// In the order of `PathBaseline`.
        var baselines: [[TiedRank]]
        var own: OwnRanks?
    }

    package func run(progress: (_ done: Int, _ total: Int) -> Void) throws -> Table {
        let judged = try judged(progress: progress)
        let (lists, count) = (judged.lists, judged.count)
        var table = Table(
            dataset: judged.dataset, questions: count, candidates: lists.rowOffsets[count],
            paths: lists.pathOffsets[lists.rowOffsets[count]], reachable: Self.reachable(lists, count),
            rows: judged.own.map { [$0.row(measured)] } ?? [])
        for (place, baseline) in PathBaseline.allCases.enumerated() {
            table.rows.append(Row(ranker: baseline.rawValue, metrics: measured(judged.baselines[place])))
        }
        return table
    }

    func judged(progress: (_ done: Int, _ total: Int) -> Void) throws -> Judged {
        let work = FileManager.default.temporaryDirectory.appendingPathComponent("mneme-eval-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: work) }
        let serving = try subject.map { try self.engine($0, work) }
        let set = try PathSet(folder: folder, set: set)
        let feedback = PathFeedback(try set.training())
        let lists = try set.development()
        let count = min(lists.count, questionLimit ?? lists.count)
        let baselines = PathBaseline.allCases
        var judged = Judged(
            dataset: set.folder, lists: lists, count: count, baselines: [[TiedRank]](repeating: [], count: baselines.count),
            own: subject == nil ? nil : OwnRanks())
        for list in 0..<count {
            let values = feedback.values(of: list, lists, isOwn: false)
            for (place, baseline) in baselines.enumerated() {
                judged.baselines[place].append(
                    TiedRank(scores: baseline.scores(of: list, lists, values), relevant: lists.relevant[list]))
            }
            if let serving {
                try judged.own?.ask(serving, request(list, lists, set, values), relevant: lists.relevant[list])
            }
            if list % 20 == 19 { progress(list + 1, count) }
        }
        return judged
    }

    private static func reachable(_ lists: PathLists, _ count: Int) -> Double {
        let reached = (0..<count).count { !lists.paths(lists.rows($0).lowerBound + lists.relevant[$0]).isEmpty }
        return count > 0 ? Double(reached) / Double(count) : 0
    }

    private func measured(_ ranks: [TiedRank]) -> [(name: String, mean: Double, low: Double, high: Double)] {
        Self.metrics.map { metric in
            let interval = BootstrapInterval(Sample(ranks.map(metric.value)), resamples: resamples, seed: seed)
            return (metric.name, interval.mean, interval.low, interval.high)
        }
    }

    /// As a caller would ask: candidates with paths, and which relation is wanted.
    private func request(_ list: Int, _ lists: PathLists, _ set: PathSet, _ feedback: [Float]) -> ScoreRequest {
        var request = ScoreRequest()
        request.nowMilliseconds = 0
        request.utcOffsetSeconds = 0
        request.deadlineMilliseconds = 60_000
        let firstPath = lists.pathOffsets[lists.rows(list).lowerBound]
        for (place, row) in lists.rows(list).enumerated() {
            var candidate = CallerCandidate(id: "\(place)")
            if !withheld.contains("query.relation@1") {
                candidate.columns = ["query.relation@1": Float(lists.relations[list] + 1)]
            }
            candidate.paths = lists.paths(row).map { path in
                let hops = lists.hops(path)
                var values: [Float] = []
                set.graph.columns(
                    head: lists.heads[list], edges: lists.edges[hops], entities: lists.entities[hops],
                    feedback: feedback[path - firstPath], without: nil, into: &values)
                return CallerPath(hops: hops.enumerated().map { self.hop($0, lists.entities[$1], values) })
            }
            request.candidates.append(candidate)
        }
        return request
    }

    private func hop(_ place: Int, _ entity: Int32, _ values: [Float]) -> CallerHop {
        var hop = CallerHop(id: "e\(entity)")
        let first = place * PathCatalog.columns.count
        for (number, column) in PathCatalog.columns.enumerated() where values[first + number] != column.absent && !withheld.contains(column.name) {
            hop.columns[column.name] = values[first + number]
        }
        return hop
    }

    private func engine(_ subject: Subject, _ work: String) throws -> Engine {
        let configuration: (text: String, path: String)
        switch subject {
        case .configuration(let text, let path): configuration = (text, path)
        case .weights(let path, let folders): configuration = (try Self.configuration(path, folders), work + "/plugins.json")
        }
        let engine = try Engine(databasePath: work + "/eval.db", configuration: configuration)
        // Measuring the floor under the scorer's name would be a lie.
        if let refused = engine.plugins().first(where: { $0.state == "refused" }) {
            throw EngineError(.configuration, "\(refused.id) isn't served: \(refused.reason ?? "")")
        }
        guard engine.host.configuration.wantedInputs.contains(.paths) else {
            throw EngineError(
                .configuration,
                "\(configuration.path) serves no scorer that reads paths; one needs \"grants\": [\"paths\"] and \"enabled\": true")
        }
        return engine
    }

    private static func configuration(_ weights: String, _ folders: [String]) throws -> String {
        let path = URL(fileURLWithPath: weights).standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: path) else {
            throw EngineError(.invalidInput, "no weights at \(path); mneme train paths FOLDER --out \(weights) makes some")
        }
        let golden = PathGolden.file(beside: path)
        let records = FileManager.default.fileExists(atPath: golden) ? ", \"golden\": { \"path\": \(jsonQuoted(golden)) }" : ""
        let list = folders.map { jsonQuoted($0) }.joined(separator: ", ")
        return """
            { "version": 1, "trust": { "unpinned": "allow", "writableByOthers": "warn" }, "paths": { "plugins": [\(list)] },
              "turn": { "scoringBudgetMilliseconds": 1000 }, "loadGate": { "timeoutMilliseconds": 60000 },
              "scorers": [ { "id": "s4d-paths", "library": "libS4DPathScorer.so", "tier": "inline", "grants": ["paths"],
                "assets": { "weights": { "path": \(jsonQuoted(path)) } }\(records) } ],
              "combiner": { "kind": "first" }, "fallback": ["@floor"] }
            """
    }
}
