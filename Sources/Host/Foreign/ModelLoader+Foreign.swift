import Wire

// A foreign function's way from plugins.json to a worker.
extension LibraryFile {
    /// Reads and judges: trust, pin, ELF, symbol. The manifest is made from the signature.
    static func open(
        foreign setting: ScorerSetting, _ foreign: ForeignSetting, _ path: String, trust: PluginsFile.Trust
    ) throws(LoadError) -> LibraryFile {
        var warnings: [String] = []
        let bytes = try readTrusted(path, trust, &warnings)
        let hash = try checkPin(bytes, setting.library.sha256, path, trust, &warnings)
        let image: ELFImage
        do {
            image = try ELFImage.read(bytes)
        } catch {
            throw LoadError(.elf, "\(path): \(error.message)")
        }
        guard image.exports.contains(foreign.symbol) else {
            let near = image.exports.filter { $0.hasPrefix(foreign.symbol.prefix(3)) }.sorted().prefix(5)
            let hint = near.isEmpty ? "" : ", among them \(near.joined(separator: ", "))"
            throw LoadError(
                .elf,
                "\(path) doesn't export \(foreign.symbol); it exports \(image.exports.count) symbols\(hint)")
        }
        if let problem = Dependencies.problem(image, originalFolder: Path.folder(of: Path.real(path) ?? path))
        {
            throw LoadError(.elf, "\(path) \(problem)")
        }
        return LibraryFile(
            path: path, bytes: bytes, hash: hash, image: image,
            manifest: foreign.manifest(id: setting.id, hash: hash),
            warnings: warnings)
    }
}

extension ModelLoader {
    /// Lets the golden records be scored in a worker of its own, so that what they did (a crash, a buffer that was
    /// overrun) is gone before anything serves.
    func prove(
        _ foreign: ForeignSetting, _ scorer: PreparedScorer, _ worker: WorkerClient.Plan, _ warnings: inout [String]
    ) throws(LoadError) {
        let rows = try goldenRows(foreign, scorer)
        let client = WorkerClient(worker)
        try client.start()
        defer { client.stop() }
        let facts = try MadeFacts(client.info, scorer.plan)
        // Whether the values are right is no question of how busy the machine is: the scorer's deadline doesn't count.
        var unhurried = scorer.plan.setting
        unhurried.deadlineMilliseconds = nil
        let trial = PreparedScorer(
            try ModelPlan(unhurried, scorer.plan.file, settings, environment), assets: scorer.assets, copy: scorer.copy,
            warnings: [], settings, environment)
        let model = Model(trial, .worker(client), facts, PluginsFile(), environment)
        try ForeignGolden.check(rows, foreign, in: model)
        if let weakness = ForeignGolden.weakness(rows) { warnings.append(weakness) }
    }

    private func goldenRows(_ foreign: ForeignSetting, _ scorer: PreparedScorer) throws(LoadError) -> [GoldenRow] {
        switch foreign.golden {
        case .records(let rows): return rows
        case .asset:
            guard let file = scorer.assets.first(where: { $0.name == ForeignSetting.goldenAsset }) else {
                throw LoadError(.golden, "there are no golden records")
            }
            let path = scorer.plan.setting.assets[ForeignSetting.goldenAsset]?.path ?? file.name
            return try GoldenRowReader.read(Array(file.memory), path: path, columns: foreign.columns)
        }
    }
}
