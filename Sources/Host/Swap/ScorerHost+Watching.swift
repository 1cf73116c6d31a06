extension ScorerHost {
    /// Reloads whenever plugins.json, a library or an asset changes, until the host ends. Only for processes that serve.
    ///
    /// - Returns: false if the kernel gives no watch: reload by request or SIGHUP.
    package func startWatching() -> Bool {
        guard path != nil else { return false }
        return watcher.withLock { watcher in
            if watcher != nil { return true }
            // Weak: a host that nobody holds ends its watcher.
            guard
                let made = FileWatcher({ [weak self] path in
                    guard let self else { return }
                    _ = reload(cause: "\(path) changed")
                    watchFiles()
                })
            else { return false }
            watcher = made
            made.watch(filesThatDecide)
            return true
        }
    }

    /// After a reload the files may be others; of a refused one too, so that putting the missing file in place suffices.
    func watchFiles() { watcher.withLock { $0 }?.watch(filesThatDecide) }

    private var filesThatDecide: [String] {
        guard let path else { return [] }
        let serving = configuration.settings
        let asked = lastRead.withLock { $0 } ?? serving
        var files = [path]
        for settings in [serving, asked] {
            let locator = LibraryLocator(settings)
            if let gate = settings.combiner.gate { files.append(Path.resolve(gate.weights.path, in: settings.folder)) }
            for scorer in settings.scorers {
                files += locator.candidates(scorer.library.path)
                files += scorer.assets.values.map { Path.resolve($0.path, in: settings.folder) }
                if let golden = scorer.goldenFile { files.append(Path.resolve(golden.path, in: settings.folder)) }
            }
        }
        return files
    }
}
