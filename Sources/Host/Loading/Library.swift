import Glibc
import Platform
import PluginABI
import Synchronization
import Wire

/// A library that is loaded, for as long as the process lives: it is never unmapped (DESIGN §4).
final class Library: @unchecked Sendable {
    // @unchecked Sendable: everything is constant; the table is static by contract and its functions are
    // called under their thread tags by `Model`.
    let hash: String
    let table: UnsafePointer<mneme_plugin_table>
    /// Loading it changed the loader thread's floating-point mode.
    let changesFloatMode: Bool

    private init(hash: String, table: UnsafePointer<mneme_plugin_table>, changesFloatMode: Bool) {
        self.hash = hash
        self.table = table
        self.changesFloatMode = changesFloatMode
    }

    /// By hash: the same bytes are loaded once per process, refused ones included, because they stay too.
    private static let resident = Mutex<[String: Result<Library, LoadError>]>([:])
    static var residentCount: Int { resident.withLock { $0.count } }
    private static let bytes = Atomic<Int>(0)
    static var residentBytes: Int { bytes.load(ordering: .relaxed) }

    /// Loads the copy at `path`, which holds the bytes of `hash`.
    static func load(
        hash: String, path: String, manifest: Manifest, limit: Int
    ) throws(LoadError) -> Library {
        if let known = resident.withLock({ $0[hash] }) { return try known.get() }
        guard residentCount < limit else {
            throw LoadError(
                .limits,
                "\(residentCount) libraries are resident and limits.residentLibraries is \(limit); restart")
        }
        guard
            let result = LoaderThread.shared.run(
                seconds: loadSeconds, { open(hash: hash, path: path, manifest: manifest) })
        else {
            throw LoadError(
                .load, "loading took longer than \(loadSeconds) s: a constructor hangs; restart without it")
        }
        resident.withLock { $0[hash] = result }
        bytes.add(Path.byteCount(path), ordering: .relaxed)
        return try result.get()
    }

    /// How long a library may take to load or to make a model.
    static let loadSeconds = 10.0

    /// [load]
    private static func open(hash: String, path: String, manifest: Manifest) -> Result<Library, LoadError> {
        FloatMode.enter()
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | platform_rtld_nodelete()) else {
            return .failure(
                LoadError(.load, dlerror().map { String(cString: $0) } ?? "dlopen gave no reason"))
        }
        let changed = FloatMode.leave()
        guard let symbol = dlsym(handle, MNEME_ENTRY_SYMBOL) else {
            return .failure(LoadError(.entry, "\(MNEME_ENTRY_SYMBOL) can't be found"))
        }
        var place = platform_symbol_info()
        guard platform_dladdr(symbol, &place) != 0, let file = place.file,
            Path.real(String(cString: file)) == Path.real(path)
        else {
            let other = place.file.map { String(cString: $0) } ?? "no file"
            return .failure(
                LoadError(
                    .entry, "\(MNEME_ENTRY_SYMBOL) lies in \(other), not in \(path): other code would run"))
        }
        let entry = unsafeBitCast(symbol, to: mneme_plugin_function.self)
        // unsafeBitCast: dlsym gives an address; the header says what function stands there.
        let table: UnsafePointer<mneme_plugin_table>? = entry()
        let changedByEntry = FloatMode.leave()
        do throws(LoadError) {
            let checked = try PluginTable.check(table, manifest)
            return .success(Library(hash: hash, table: checked, changesFloatMode: changed || changedByEntry))
        } catch {
            return .failure(error)
        }
    }
}
