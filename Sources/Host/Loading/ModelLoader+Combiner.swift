import Gate

extension ModelLoader {
    /// A gate's file, read, checked and kept in the object store.
    func gate(_ setting: GateSetting) throws(LoadError) -> GateFile {
        let path = Path.resolve(setting.weights.path, in: settings.folder)
        var warnings: [String] = []
        let bytes = try LibraryFile.readTrusted(path, settings.trust, &warnings)
        let hash = try LibraryFile.checkPin(bytes, setting.weights.sha256, path, settings.trust, &warnings)
        let weights = try GateWeights.read(bytes, path: path, offered: environment.offeredColumns)
        // Kept, so that the configuration can be reverted to these very bytes.
        _ = try store.keep(bytes, hash: hash)
        return GateFile(weights: weights, path: path, hash: hash, warnings: warnings)
    }
}

/// A gate's file before anybody knows which scorers serve beside it.
struct GateFile {
    let weights: GateWeights
    let path: String
    let hash: String
    let warnings: [String]
}
