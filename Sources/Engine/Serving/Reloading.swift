import Foundation
import Host
import Storage

/// What one reload came to, for CLI and wire.
package struct ReloadView: Sendable, Equatable {
    package var pid: Int32
    /// applied, unchanged or refused.
    package var outcome: String
    package var cause: String
    /// What serves now.
    package var configuration: String
    package var summary: String
    package var milliseconds: Double

    package init(pid: Int32, outcome: String, cause: String, configuration: String, summary: String, milliseconds: Double) {
        self.pid = pid
        self.outcome = outcome
        self.cause = cause
        self.configuration = configuration
        self.summary = summary
        self.milliseconds = milliseconds
    }

    init(_ report: ReloadReport) {
        self.init(
            pid: getpid(), outcome: report.outcome.rawValue, cause: report.cause, configuration: report.configuration,
            summary: report.summary, milliseconds: report.milliseconds)
    }

    init(_ record: ReloadRecord) {
        self.init(
            pid: record.pid, outcome: record.outcome, cause: record.cause, configuration: record.configuration,
            summary: record.summary, milliseconds: record.milliseconds)
    }
}

extension Engine {
    package func reload(cause: String) throws -> ReloadView { ReloadView(host.reload(cause: cause)) }

    /// What serves is a revision; its files, and those of the last few, stay in the object store.
    static func recordConfiguration(_ configuration: Configuration, path: String?, _ store: Store) throws {
        let settings = configuration.settings
        _ = try store.recordConfiguration(
            settings.text, hash: configuration.identity, files: configuration.files, note: path ?? "built in", atMilliseconds: now)
        let kept = try store.configurationHistory(limit: max(1, settings.paths.keepRevisions))
        let wanted = Set(kept.flatMap(\.files.values)).union(configuration.files.values)
        // A folder that can't be tidied is no reason not to serve.
        _ = Result { () throws(LoadError) in try ObjectStore(settings).keep(only: wanted, for: owner(store)) }
    }

    /// One per store, and the same in every process.
    private static func owner(_ store: Store) -> String {
        let path = URL(fileURLWithPath: store.path).standardizedFileURL.resolvingSymlinksInPath().path
        return String(SHA256.hexadecimal(of: Array(path.utf8)).prefix(16))
    }

    static func recordReload(_ report: ReloadReport, _ serving: Configuration, _ store: Store) {
        do {
            if report.outcome == .applied { try recordConfiguration(serving, path: serving.settings.path, store) }
            try store.recordReload(
                ReloadRecord(
                    atMilliseconds: now, pid: getpid(), outcome: report.outcome.rawValue, cause: report.cause,
                    configuration: report.configuration, summary: report.summary, milliseconds: report.milliseconds))
        } catch {
            FileHandle.standardError.write(Data("mneme: the reload isn't in the history: \(error)\n".utf8))
        }
    }
}
