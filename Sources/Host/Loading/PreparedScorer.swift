/// A scorer whose files were read, judged and copied. Nothing of it has run.
struct PreparedScorer: Sendable {
    let plan: ModelPlan
    let assets: [MappedAsset]
    /// The private copy of the library.
    let copy: String
    let warnings: [String]
    /// Equal keys make equal models: what serves under the same key needn't be made again.
    let key: String
    /// Over the golden records that it must keep; nil = it has none.
    let golden: String?

    init(
        _ plan: ModelPlan, assets: [MappedAsset], copy: String, warnings: [String], golden: String? = nil, _ settings: PluginsFile,
        _ environment: HostEnvironment
    ) {
        self.plan = plan
        self.assets = assets
        self.copy = copy
        self.warnings = warnings
        self.golden = golden
        key = Self.key(plan, assets, golden, settings, environment)
    }

    /// Everything that a model keeps for its life, spelled out and hashed.
    private static func key(
        _ plan: ModelPlan, _ assets: [MappedAsset], _ golden: String?, _ settings: PluginsFile, _ environment: HostEnvironment
    ) -> String {
        let setting = plan.setting
        var words = [
            setting.id, plan.file.hash, plan.file.path, plan.tier.rawValue, "\(plan.options)", "\(plan.wantedHeads)",
            plan.rowColumns.joined(separator: " "), plan.hopColumns.joined(separator: " "),
            plan.eventColumns.joined(separator: " "), "\(plan.inputs.keys.sorted())", "\(plan.maxRows)",
            "\(setting.deadlineMilliseconds ?? -1)", "\(setting.graceMilliseconds)", "\(setting.sandbox)",
            "\(plan.memoryMegabytes)", "\(settings.limits.arenaMegabytes)", "\(settings.health)",
            "\(settings.combiner.kind != .first)", "\(settings.sessions)", "\(settings.limits.sessionMemoryMegabytes)",
            golden ?? "", environment.embedding.map { "\($0.model) \($0.dimension)" } ?? "", "\(environment.seed)",
        ]
        if let foreign = setting.foreign { words.append("\(foreign)") }
        words += assets.map { "\($0.name) \($0.hash)" }
        return SHA256.hexadecimal(of: Array(words.joined(separator: "\u{0}").utf8))
    }
}
