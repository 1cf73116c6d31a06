import Foundation
import Storage

/// An existing Signet database: its memories with their vectors and entities, then the attributes and
/// dependencies of its graph. Read only; deleted memories are left out.
package final class SignetReader: ImportReader {
    private enum Stage { case memories, attributes, dependencies, done }

    private let database: SignetDatabase
    private let defaultTimeMilliseconds: Int64
    private let total: Int
    private var stage = Stage.memories
    private var lastRowID: Int64 = .min
    private var pending: ArraySlice<ImportItem> = []
    private var readCount = 0
    /// Memories read so far of each session.
    private var ordinals: [String: Int] = [:]

    package static let batchSize = 500
    /// The model under which vectors are stored whose memory names none.
    package static let unnamedModel = "signet"

    /// - Parameter nowMilliseconds: the time of a memory whose own can't be read, Unix ms.
    package init(path: String, nowMilliseconds: Int64) throws(ImportError) {
        defaultTimeMilliseconds = nowMilliseconds
        do throws(SignetDatabase.Failure) {
            database = try SignetDatabase(path: path)
            total = try database.memoryCount()
        } catch {
            throw Self.error(error, path)
        }
    }

    package var progress: ImportProgress { ImportProgress(unit: .records, done: readCount, total: total) }

    package func next() throws(ImportError) -> ImportItem? {
        while true {
            if let item = pending.popFirst() { return item }
            do throws(SignetDatabase.Failure) {
                switch stage {
                case .memories:
                    let batch = try database.memories(after: lastRowID, limit: Self.batchSize)
                    pending = batch.flatMap(items)[...]
                    advance(to: .attributes, lastRowID: batch.last?.rowID)
                case .attributes:
                    let batch = try database.attributes(after: lastRowID, limit: Self.batchSize)
                    pending = batch.map { .attribute(NewAttribute($0), scopeHint: Self.hint($0.agent)) }[...]
                    advance(to: .dependencies, lastRowID: batch.last?.rowID)
                case .dependencies:
                    let batch = try database.dependencies(after: lastRowID, limit: Self.batchSize)
                    pending =
                        batch.map { .dependency(NewDependency($0), scopeHint: Self.hint($0.agent)) }[...]
                    advance(to: .done, lastRowID: batch.last?.rowID)
                case .done: return nil
                }
            } catch {
                throw Self.error(error, database.path)
            }
        }
    }

    private func advance(to next: Stage, lastRowID last: Int64?) {
        if let last {
            lastRowID = last
        } else {
            stage = next
            lastRowID = .min
        }
    }

    private func items(_ row: SignetDatabase.Memory) -> [ImportItem] {
        readCount += 1
        func problem(_ severity: ImportProblem.Severity, _ key: String, _ message: String) -> ImportItem {
            .problem(ImportProblem(severity, file: database.path, key: "memories.\(row.id).\(key)", message))
        }
        guard row.text.contains(where: { !$0.isWhitespace }) else {
            return [problem(.skipped, "content", "found a blank text, allowed: one that isn't blank")]
        }
        var items: [ImportItem] = []
        let created = row.createdAt.flatMap {
            Timestamp(iso8601: $0) ?? Double($0).flatMap(Timestamp.init(unix:))
        }
        if created == nil {
            let found = row.createdAt.map { jsonQuoted($0) } ?? "no time"
            items.append(
                problem(
                    .warning, "created_at", "found \(found), allowed: \(Timestamp.allowedForms); now is used")
            )
        }
        var memory = NewMemory(
            text: row.text, createdAtMilliseconds: created?.milliseconds ?? defaultTimeMilliseconds)
        memory.id = row.id
        memory.author = row.author
        if let type = row.type, !type.isEmpty { memory.type = type }
        memory.importance = row.importance.map { min(1, max(0, $0)) }
        memory.isPinned = row.isPinned
        memory.isConstraint = row.isConstraint
        memory.supersedes = row.supersedes
        memory.entities = row.entities.filter { !$0.name.isEmpty }
        if let project = row.project, !project.isEmpty {
            memory.entities.append(EntityMention(name: project, kind: "project"))
        }
        if let session = row.session {
            memory.session = session
            memory.ordinal = ordinals[session, default: 0]
            ordinals[session, default: 0] += 1
        }
        memory.source = "signet"
        if !row.details.isEmpty {
            let members = row.details.sorted { $0.key < $1.key }.map {
                "\(jsonQuoted($0.key)):\(jsonQuoted($0.value))"
            }
            memory.metadata = "{\(members.joined(separator: ","))}"
        }
        if let data = row.vector {
            if let vector = Self.vector(data, dimensions: row.dimensions) {
                memory.embeddings = [
                    StoredEmbedding(model: row.embeddingModel ?? Self.unnamedModel, vector: vector)
                ]
            } else {
                let stated = row.dimensions.map { " for \($0) dimensions" } ?? ""
                items.append(
                    problem(
                        .warning, "vector",
                        "found \(data.count) bytes\(stated), allowed: 4 per dimension, finite, not all zero; left out"
                    ))
            }
        }
        items.append(.memory(memory, scopeHint: Self.hint(row.agent)))
        return items
    }

    private static func vector(_ data: Data, dimensions: Int?) -> [Float]? {
        guard data.count > 0, data.count % 4 == 0, dimensions == nil || data.count == (dimensions ?? 0) * 4
        else {
            return nil
        }
        let vector = data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(
                    bitPattern: UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
            }
        }
        return vector.allSatisfy(\.isFinite) && vector.contains { $0 != 0 } ? vector : nil
    }

    /// Signet's own default agent is the import's scope.
    private static func hint(_ agent: String?) -> ScopeHint? {
        guard let agent, !agent.isEmpty, agent != "default" else { return nil }
        return ScopeHint(agent: agent)
    }

    private static func error(_ failure: SignetDatabase.Failure, _ path: String) -> ImportError {
        ImportError(
            .unreadable, place: path, "can't be read as a Signet database: \(failure.message)",
            advice: "Name Signet's memories.db (usually in memory/ of its agents folder)")
    }
}
