import Foundation
import Storage

/// The memories of LoCoMo, RealTalk, MADial and Memory-Benchmark, in file order.
package final class DatasetReader: ImportReader {
    private let dataset: Dataset
    private let rows: DatasetRows
    /// Next ordinal of each session, by conversation and session: some dozens per conversation.
    private var ordinals: [String: Int] = [:]

    init(_ dataset: Dataset) throws(ImportError) {
        self.dataset = dataset
        rows = try DatasetRows(file: dataset.memoriesFile ?? dataset.folder)
    }

    package var progress: ImportProgress { rows.records.progress }

    package func next() throws(ImportError) -> ImportItem? {
        switch try rows.next() {
        case nil: return nil
        case .problem(let problem): return .problem(problem)
        case .row(let row, _):
            let item =
                switch dataset.kind {
                case .conversations: turn(row)
                case .madial: madialEvent(row)
                case .memorybench: fact(row)
                case .gitAccess: nil as ImportItem?
                }
            return item
                ?? .problem(
                    rows.problem("lacks a key of the \(dataset.name) schema, or one has the wrong type"))
        }
    }

    /// `conv, id, session, turn, ts, speaker, text, image_caption`: the naive time is read as UTC.
    private func turn(_ row: [String: JSONValue]) -> ImportItem? {
        guard let conversation = row["conv"]?.string, let id = row["id"]?.string,
            let session = row["session"]?.integer,
            let text = row["text"]?.string, let stamp = row["ts"]?.string.flatMap(Timestamp.init(iso8601:))
        else { return nil }
        var memory = NewMemory(text: text, createdAtMilliseconds: stamp.milliseconds)
        memory.id = id
        memory.author = row["speaker"]?.string
        memory.caption = row["image_caption"]?.string
        memory.type = "turn"
        memory.session = String(session)
        memory.ordinal = nextOrdinal("\(conversation)/\(session)")
        memory.source = dataset.name
        return .memory(memory, scopeHint: ScopeHint(user: conversation))
    }

    /// `id, time, scene, emotion, event, user`: both children's memories are one store, as the task has it.
    private func madialEvent(_ row: [String: JSONValue]) -> ImportItem? {
        guard let id = row["id"]?.integer, let event = row["event"]?.string,
            let stamp = row["time"]?.string.flatMap(Timestamp.init(iso8601:))
        else { return nil }
        var memory = NewMemory(text: event, createdAtMilliseconds: stamp.milliseconds)
        memory.id = String(id)
        memory.type = row["scene"]?.string?.lowercased() ?? "event"
        memory.source = dataset.name
        let emotion = jsonQuoted(row["emotion"]?.string ?? "")
        memory.metadata = "{\"emotion\":\(emotion),\"user\":\(row["user"]?.integer ?? 0)}"
        return .memory(memory, scopeHint: ScopeHint(user: dataset.name))
    }

    /// `user, id, session, fact, type, importance, supersedes`: the source has sessions and no times; session
    /// n is put on day n − 1 of 2024, its facts a minute apart.
    private func fact(_ row: [String: JSONValue]) -> ImportItem? {
        guard let user = row["user"]?.string, let id = row["id"]?.string,
            let session = row["session"]?.integer,
            let text = row["fact"]?.string
        else { return nil }
        let ordinal = nextOrdinal("\(user)/\(session)")
        var memory = NewMemory(
            text: text, createdAtMilliseconds: Self.startOfSession(session) + Int64(ordinal) * 60_000)
        memory.id = id
        memory.type = row["type"]?.string ?? "fact"
        memory.importance = row["importance"]?.string.flatMap {
            ["high": 0.9, "medium": 0.6, "low": 0.3][$0]
        }
        memory.session = String(session)
        memory.ordinal = ordinal
        memory.supersedes = row["supersedes"]?.string
        memory.source = dataset.name
        return .memory(memory, scopeHint: ScopeHint(user: user))
    }

    /// Unix ms.
    static func startOfSession(_ session: Int) -> Int64 {
        Int64(Timestamp.daysFromEpoch(year: 2024, month: 1, day: 1) + max(1, session) - 1) * 86_400_000
    }

    private func nextOrdinal(_ session: String) -> Int {
        defer { ordinals[session, default: 0] += 1 }
        return ordinals[session, default: 0]
    }
}

extension Dataset {
    /// All queries with those that don't count (`isPrimary`), in file order; some thousands at most.
    package func queries() throws(ImportError) -> (queries: [EvaluationQuery], problems: [ImportProblem]) {
        if kind == .gitAccess { return (try gitAccessQueries(), []) }
        guard let queriesFile else { return ([], []) }
        let rows = try DatasetRows(file: queriesFile)
        var queries: [EvaluationQuery] = []
        var problems: [ImportProblem] = []
        while let item = try rows.next() {
            switch item {
            case .problem(let problem): problems.append(problem)
            case .row(let row, _):
                if let query = query(row) {
                    queries.append(query)
                } else {
                    problems.append(
                        rows.problem("lacks a key of the \(name) schema, or one has the wrong type"))
                }
            }
        }
        return (queries, problems)
    }

    private func query(_ row: [String: JSONValue]) -> EvaluationQuery? {
        guard let id = row["qid"]?.string, let evidence = row["evidence"]?.elements else { return nil }
        let asked = row["asked_at"]?.string.flatMap(Timestamp.init(iso8601:))?.milliseconds
        let ids = evidence.compactMap { $0.string ?? $0.integer.map(String.init) }
        switch kind {
        case .conversations:
            guard let conversation = row["conv"]?.string, let question = row["question"]?.string, let asked
            else {
                return nil
            }
            return EvaluationQuery(
                conversation: conversation, id: id, question: question,
                category: row["category_name"]?.string ?? row["category"]?.integer.map(String.init) ?? "",
                evidence: ids, askedAtMilliseconds: asked)
        case .madial:
            guard let context = row["context"]?.elements, let asked else { return nil }
            return EvaluationQuery(
                conversation: name, id: id, question: context.compactMap(\.string).joined(separator: "\n"),
                category: "proactive", evidence: ids, askedAtMilliseconds: asked)
        case .memorybench:
            guard let user = row["user"]?.string, let question = row["question"]?.string,
                let session = row["session"]?.integer
            else { return nil }
            return EvaluationQuery(
                conversation: user, id: id, question: question, category: row["category"]?.string ?? "",
                evidence: ids, askedAtMilliseconds: DatasetReader.startOfSession(session + 1))
        case .gitAccess:
            return nil
        }
    }
}
