import PluginABI

/// What the one export returns.
public typealias PluginTable = UnsafePointer<mneme_plugin_table>

/// The shared library's one scorer and its table of C functions. Make one, as a global:
///
/// ```swift
/// private let library = Library(MyScorer.self, id: "mine", version: "1.0.0")
/// @c(mneme_plugin) public func mnemePlugin() -> PluginTable { library.table }
/// ```
///
/// `id` and `version` are the manifest's: take both from one macro of the manifest's C target.
public struct Library: @unchecked Sendable {
    // @unchecked Sendable: the table is written here, before anyone sees it, and never again.
    public let table: PluginTable

    public init<S: Scorer>(_ scorer: S.Type, id: String, version: String) {
        maker = { (setup) throws(ScorerError) in
            Model(scorer: try S(setup), shape: setup.shape, open: nil)
        }
        optionNames = S.options
        table = Self.makeTable(id: id, version: version, sessions: false)
    }

    public init<S: SessionScorer>(_ scorer: S.Type, id: String, version: String) {
        maker = { (setup) throws(ScorerError) in
            let scorer = try S(setup)
            return Model(scorer: scorer, shape: setup.shape) { key in TypedSession(scorer, key: key) }
        }
        optionNames = S.options
        table = Self.makeTable(id: id, version: version, sessions: true)
    }

    /// Allocated once and never freed: the table is constant for the life of the process.
    private static func makeTable(id: String, version: String, sessions: Bool) -> PluginTable {
        let table = UnsafeMutablePointer<mneme_plugin_table>.allocate(capacity: 1)
        table.initialize(
            to: mneme_plugin_table(
                magic: MNEME_MAGIC, struct_size: UInt32(MemoryLayout<mneme_plugin_table>.size),
                abi_major: MNEME_ABI_MAJOR, abi_minor: MNEME_ABI_MINOR,
                id: terminated(id), version: terminated(version),
                create: create, destroy: destroy,
                session_open: sessions ? sessionOpen : nil, session_close: sessions ? sessionClose : nil,
                advance: sessions ? advance : nil, score: score,
                export_state: sessions ? exportState : nil, import_state: sessions ? importState : nil,
                observe: nil))
        return PluginTable(table)
    }

    private static func terminated(_ text: String) -> UnsafePointer<CChar> {
        let bytes = text.utf8CString
        let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
        _ = copy.initialize(from: bytes)
        // Force unwrap: a terminated text has at least one byte, so the allocation has an address.
        return UnsafePointer(copy.baseAddress!)
    }
}

// One library, one scorer: `create` receives nothing that could name another.
// nonisolated(unsafe): written by `Library.init` alone, and no C function can be called before
// `mneme_plugin()` has run it: that is where the host gets their addresses from.
nonisolated(unsafe) var maker: ((Setup) throws(ScorerError) -> Model)?
nonisolated(unsafe) var optionNames: [String] = []
