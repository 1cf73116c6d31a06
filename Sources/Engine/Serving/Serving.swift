import Foundation
import Host
import Storage

/// A process that serves: it watches its files, hears SIGHUP, and can be found by `mneme plugin reload`.
package final class Serving {
    private let engine: Engine
    private let hangUp: any DispatchSourceSignal
    /// The kernel gives no watch: changes are taken at SIGHUP or by request only.
    package let isWatching: Bool

    package init(_ engine: Engine) {
        self.engine = engine
        isWatching = engine.host.startWatching()
        signal(SIGHUP, SIG_IGN)
        hangUp = DispatchSource.makeSignalSource(signal: SIGHUP, queue: DispatchQueue(label: "mneme.reload"))
        hangUp.setEventHandler { _ = engine.host.reload(cause: "SIGHUP") }
        hangUp.resume()
        // Without the row it still serves; only `plugin reload` doesn't find it.
        try? engine.store.registerServer(
            pid: getpid(), started: ProcessAge.started(getpid()) ?? 0, atMilliseconds: Engine.now)
    }

    package func end() {
        hangUp.cancel()
        try? engine.store.unregisterServer(pid: getpid())
    }
}

/// When a process began: with its number it names one process for ever.
enum ProcessAge {
    /// Ticks since boot; nil = there is no such process.
    static func started(_ pid: Int32) -> Int64? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        // The name may hold anything; fields are counted behind its closing bracket. The 22nd is starttime.
        guard let bracket = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: bracket)...].split(separator: " ")
        return fields.count > 19 ? Int64(fields[19]) : nil
    }
}
