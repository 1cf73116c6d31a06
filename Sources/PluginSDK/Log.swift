import PluginABI

/// The host's log. It limits the rate and names the plugin; keep it in the scorer as long as that lives.
public struct Log: @unchecked Sendable {
    // @unchecked Sendable: `host` stays valid until `destroy` returns and its `log` is tagged [any].
    private let host: UnsafePointer<mneme_host>?

    init(_ host: UnsafePointer<mneme_host>?) { self.host = host }

    public func debug(_ text: String) { write(MNEME_LOG_DEBUG, text) }
    public func info(_ text: String) { write(MNEME_LOG_INFO, text) }
    public func warning(_ text: String) { write(MNEME_LOG_WARNING, text) }
    public func error(_ text: String) { write(MNEME_LOG_ERROR, text) }
    public func fault(_ text: String) { write(MNEME_LOG_FAULT, text) }

    private func write(_ level: Int, _ text: String) {
        guard let host, let log = host.pointee.log else { return }
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                log(host.pointee.context, Int32(level), $0.baseAddress, UInt64($0.count))
            }
        }
    }
}
