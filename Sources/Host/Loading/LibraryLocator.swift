/// Where a library named in plugins.json is.
struct LibraryLocator {
    /// Folders for bare names, in order.
    let folders: [String]
    let base: String

    /// Bare names: `paths.plugins`, then `../lib/mneme/plugins` beside the executable, then its own folder.
    init(_ file: PluginsFile) {
        base = file.folder
        var folders = file.paths.plugins.map { Path.resolve($0, in: file.folder) }
        if let executable = Path.executableFolder {
            folders += ["\(executable)/../lib/mneme/plugins", executable]
        }
        self.folders = folders
    }

    /// Every place where the library could be, found or not.
    func candidates(_ name: String) -> [String] {
        name.contains("/") ? [Path.resolve(name, in: base)] : folders.map { "\($0)/\(name)" }
    }

    func locate(_ name: String) throws(LoadError) -> String {
        if name.contains("/") {
            let path = Path.resolve(name, in: base)
            guard Path.isFile(path) else { throw LoadError(.locate, "there is no file \(path)") }
            return path
        }
        for folder in folders where Path.isFile("\(folder)/\(name)") { return "\(folder)/\(name)" }
        throw LoadError(
            .locate,
            "there is no \(name) in \(folders.joined(separator: ", ")); "
                + "name it with a slash to say where it is, relative to plugins.json")
    }
}
