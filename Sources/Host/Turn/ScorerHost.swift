import Synchronization

/// Strangers' code behind one call. Safe from any thread, several turns at once.
package final class ScorerHost: Sendable {
    private let current: Mutex<Configuration>
    package let environment: HostEnvironment
    /// Of plugins.json; nil = there is none to read again.
    package let path: String?
    /// One reload at a time.
    let reloading = Mutex<Void>(())
    /// The file as it was read last, refused or not.
    let lastRead = Mutex<PluginsFile?>(nil)
    let watcher = Mutex<FileWatcher?>(nil)
    let newestReport = Mutex<ReloadReport?>(nil)
    /// What came of the newest reload; nil = there was none.
    package var lastReload: ReloadReport? { newestReport.withLock { $0 } }

    package init(_ configuration: Configuration, _ environment: HostEnvironment, path: String? = nil) {
        current = Mutex(configuration)
        self.environment = environment
        self.path = path
    }

    deinit { watcher.withLock { $0 }?.end() }

    /// Reads `plugins.json`, loads what it selects and serves it.
    ///
    /// - Parameter path: nil = no file: the floor alone.
    /// - Throws: if the file as a whole is refused. A scorer that can't be loaded doesn't throw: it stays out.
    package static func start(
        plugins path: String?, _ environment: HostEnvironment
    ) throws(PluginsFileError) -> ScorerHost {
        let settings: PluginsFile
        if let path { settings = try PluginsFile.read(path: path) } else { settings = PluginsFile() }
        return ScorerHost(Configuration.load(settings, environment), environment, path: path)
    }

    package var configuration: Configuration { current.withLock { $0 } }

    /// Turns that began keep the old configuration until they end; the last one's release ends its models.
    package func replace(with configuration: Configuration) -> Configuration {
        current.withLock { held in
            let old = held
            held = configuration
            return old
        }
    }

    /// Scores one turn under the present configuration. Always answers: at worst the floor does.
    ///
    /// - Parameter columns: fills the named columns for every row; asked on this thread, once per column list.
    package func score(
        _ request: ScoringRequest, columns: (_ names: [String]) -> ColumnBlock
    ) -> TurnScores {
        configuration.score(request, columns: columns)
    }

    /// Counters of every served model, by id.
    package var health: [String: ModelHealth] { configuration.models.mapValues(\.health) }

    /// What all configurations of this process hold together.
    package var gauges: HostGauges {
        HostGauges(
            residentLibraries: Library.residentCount, residentBytes: Library.residentBytes,
            hungThreads: ModelStatistics.hungThreads.load(ordering: .relaxed),
            workers: WorkerClient.serving.load(ordering: .relaxed))
    }
}

package struct HostGauges: Sendable, Equatable {
    /// Libraries that are mapped until the process ends, and the bytes of their files.
    package let residentLibraries: Int
    package let residentBytes: Int
    /// Threads in calls that never came back.
    package let hungThreads: Int
    package let workers: Int
}
