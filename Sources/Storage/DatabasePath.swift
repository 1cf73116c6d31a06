/// Which file holds the memories: `--db`, then `MNEME_DB`, then the XDG data folder.
package enum DatabasePath {
    /// Pure: reads nothing but its arguments. A relative `XDG_DATA_HOME` is ignored, as XDG demands.
    ///
    /// - Throws: `cannotOpen` when neither a path nor a home folder is known.
    package static func resolve(
        option: String?, environment: [String: String]
    ) throws(StorageError) -> String {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        if let option, !option.isEmpty { return expandingTilde(option, home: home) }
        if let path = environment["MNEME_DB"], !path.isEmpty {
            return expandingTilde(path, home: home)
        }
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
            return data + "/mneme/mneme.db"
        }
        if let home { return home + "/.local/share/mneme/mneme.db" }
        throw StorageError(
            .cannotOpen,
            "No place for the database is known: HOME is not set. Give --db PATH or set MNEME_DB.")
    }

    private static func expandingTilde(_ path: String, home: String?) -> String {
        guard let home, path == "~" || path.hasPrefix("~/") else { return path }
        return home + path.dropFirst()
    }
}
