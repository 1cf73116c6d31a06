import Foundation
import Host
import Storage

/// The configurations that served, and the way back. Opens the store and runs no scorer.
package struct ConfigurationArchive {
    private let store: Store
    /// Of plugins.json; nil = the built-in one serves.
    private let path: String?

    package init(databasePath: String, configurationPath: String?) throws {
        store = try Engine.translating { try Store(path: databasePath) }
        path = configurationPath
    }

    /// Newest first.
    package func history(limit: Int) throws -> [ConfigurationRevision] {
        try Engine.translating { try store.configurationHistory(limit: limit) }
    }

    package func revision(_ number: Int) throws -> ConfigurationRevision {
        let all = try history(limit: Int(Int32.max))
        guard let found = all.first(where: { $0.revision == number }) else {
            let range = all.isEmpty ? "none" : "\(all.last?.revision ?? 0) to \(all.first?.revision ?? 0)"
            throw EngineError(.notFound, "there is no revision \(number); allowed: \(range)")
        }
        return found
    }

    /// What a revert would do, or did.
    package struct Reverting: Sendable {
        package var revision: Int
        package var path: String
        package var text: String
        /// Files whose bytes of then are no longer where they were: the copy of the object store is named instead.
        package var repointed: [String] = []

        package init(revision: Int, path: String, text: String) {
            self.revision = revision
            self.path = path
            self.text = text
        }
    }

    /// - Parameter number: nil = the revision before the newest.
    package func revert(to number: Int?) throws -> Reverting {
        guard let path else {
            throw EngineError(.configuration, "the built-in configuration serves: there is no plugins.json to write")
        }
        let target: ConfigurationRevision
        if let number {
            target = try revision(number)
        } else {
            let newest = try history(limit: 2)
            guard newest.count == 2 else { throw EngineError(.notFound, "there is no revision before the newest") }
            target = newest[1]
        }
        let settings = try Self.reading { () throws(PluginsFileError) in
            try PluginsFile.read(bytes: Array(target.text.utf8), path: path)
        }
        var result = Reverting(revision: target.revision, path: path, text: target.text)
        let copies = try self.copies(target, ObjectStore(settings))
        if !copies.isEmpty {
            result.repointed = copies.keys.sorted()
            result.text = try Self.reading { () throws(PluginsFileError) in
                try PluginsFile.repointed(target.text, path: path, copies: copies)
            }
        }
        do {
            try Data(result.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw EngineError(.configuration, "cannot write \(path): \(error)")
        }
        return result
    }

    private func copies(
        _ target: ConfigurationRevision, _ objects: ObjectStore
    ) throws -> [String: (path: String, sha256: String)] {
        var copies: [String: (path: String, sha256: String)] = [:]
        for (file, hash) in target.files {
            if let data = FileManager.default.contents(atPath: file), SHA256.hexadecimal(of: Array(data)) == hash { continue }
            let copy = objects.path(of: hash)
            guard FileManager.default.fileExists(atPath: copy) else {
                throw EngineError(
                    .notFound,
                    "\(file) of revision \(target.revision) had sha256 \(hash); neither the file nor \(copy) holds it any more "
                        + "(paths.keepRevisions says how many revisions are kept)")
            }
            copies[file] = (copy, hash)
        }
        return copies
    }

    private static func reading<Value>(_ body: () throws(PluginsFileError) -> Value) throws -> Value {
        switch Result(catching: body) {
        case .success(let value): return value
        case .failure(let error): throw EngineError(.configuration, error.description)
        }
    }

    // MARK: Processes that serve

    /// Sends SIGHUP to every process that serves this store and waits for what they say.
    ///
    /// - Returns: what each said; those that said nothing in time are named in `silent`.
    package func askServers(seconds: Double) throws -> (answers: [ReloadView], silent: [Int32]) {
        try Engine.translating {
            var asked: Set<Int32> = []
            let newest = try store.newestReload()
            for server in try store.servers() {
                guard ProcessAge.started(server.pid) == server.started else {
                    // It ended without saying so.
                    try store.unregisterServer(pid: server.pid)
                    continue
                }
                if kill(server.pid, SIGHUP) == 0 { asked.insert(server.pid) }
            }
            var answers: [Int32: ReloadView] = [:]
            let end = Date().addingTimeInterval(seconds)
            while answers.count < asked.count, Date() < end {
                for record in try store.reloads(after: newest) where asked.contains(record.pid) && record.cause == "SIGHUP" {
                    answers[record.pid] = ReloadView(record)
                }
                if answers.count < asked.count { usleep(20_000) }
            }
            return (answers.values.sorted { $0.pid < $1.pid }, asked.filter { answers[$0] == nil }.sorted())
        }
    }
}
