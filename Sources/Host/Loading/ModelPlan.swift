import PluginABI
import Wire

/// Everything about a model that is decided before its library runs: options, columns, inputs, heads, assets.
struct ModelPlan: Sendable {
    let setting: ScorerSetting
    let file: LibraryFile
    let tier: Tier
    let options: [OptionValue]
    let rowColumns: [String]
    let hopColumns: [String]
    let eventColumns: [String]
    let schema: UInt64
    let inputs: [Grant: Manifest.Input]
    /// Heads over candidates that plugins.json wants, as bits of the manifest's heads, best first.
    let wantedHeads: UInt32
    let maxRows: Int
    /// Of a worker; 0 = no limit.
    let memoryMegabytes: Int
    let warnings: [String]

    init(
        _ setting: ScorerSetting, _ file: LibraryFile, _ settings: PluginsFile, _ environment: HostEnvironment
    ) throws(LoadError) {
        self.setting = setting
        self.file = file
        tier = setting.tier ?? settings.trust.thirdPartyTier
        let manifest = file.manifest
        do {
            options = try manifest.values(for: setting.options, scorer: setting.id)
        } catch {
            throw LoadError(.options, error.complaints.map(\.description).joined(separator: "; "))
        }
        wantedHeads = try Self.heads(setting, manifest)
        inputs = try Self.inputs(setting, manifest, environment)
        rowColumns = try Columns.negotiate(
            manifest.rowColumns, offered: environment.offeredColumns, kind: "row")
        // Without the grant no hop is sent, so there is nothing that a column could hold.
        hopColumns = try Columns.negotiate(
            manifest.hopColumns, offered: inputs[.paths] == nil ? [] : environment.offeredHopColumns, kind: "hop")
        eventColumns = try Columns.negotiate(manifest.eventColumns, offered: environment.offeredEventColumns, kind: "event")
        schema = Columns.schema(row: rowColumns, hop: hopColumns, event: eventColumns)
        maxRows = settings.turn.rowsPerCall
        memoryMegabytes = tier == .process ? setting.sandbox.memoryMegabytes ?? settings.limits.workerMemoryMegabytes : 0
        let isBlind = manifest.state != nil && inputs[.history] == nil
        warnings = file.warnings + (isBlind ? ["it keeps state, and history isn't granted: it is asked without sessions"] : [])
    }

    /// The same as `create` will see it.
    func order(_ environment: HostEnvironment) -> CreateOrder {
        var order = CreateOrder()
        order.options = zip(options, file.manifest.options).map { value, option in
            switch value {
            case .text(let text): return .text(text)
            case .number(let number):
                let kind =
                    switch option.kind {
                    case .integer: MNEME_OPTION_INTEGER
                    case .bool: MNEME_OPTION_BOOL
                    case .number, .text, .choice: MNEME_OPTION_NUMBER
                    }
                return .number(kind: UInt32(kind), number)
            }
        }
        order.assets = file.manifest.assets.map(\.name).filter { setting.assets[$0] != nil }
        order.rowColumns = rowColumns
        order.hopColumns = hopColumns
        order.eventColumns = eventColumns
        let seesVectors = inputs[.rowEmbeddings] != nil || inputs[.queryEmbedding] != nil
        if seesVectors, let embedding = environment.embedding {
            order.embeddingModel = embedding.model
            order.embeddingDimension = UInt32(embedding.dimension)
        }
        order.maxRows = UInt32(maxRows)
        order.memoryBytes = UInt64(memoryMegabytes) << 20
        order.seed = environment.seed
        order.schema = schema
        return order
    }

    /// This host proposes candidates; other targets arrive with their features.
    private static func heads(_ setting: ScorerSetting, _ manifest: Manifest) throws(LoadError) -> UInt32 {
        let names = manifest.heads.map(\.name).joined(separator: ", ")
        for head in setting.heads ?? [] where !manifest.heads.contains(where: { $0.name == head.text }) {
            throw LoadError(.heads, "\(head.node.position): found \"\(head.text)\"; allowed: \(names)")
        }
        var mask: UInt32 = 0
        for (index, head) in manifest.heads.enumerated() where head.over == .candidate {
            if let wanted = setting.heads, !wanted.contains(where: { $0.text == head.name }) { continue }
            mask |= 1 << UInt32(index)
            // Nobody asked for more than a ranking.
            if setting.heads == nil { break }
        }
        guard mask != 0 else {
            throw LoadError(
                .heads, "none of its heads (\(names)) ranks candidates; this host asks for nothing else yet")
        }
        return mask
    }

    /// Effective inputs = manifest ∩ grants.
    private static func inputs(
        _ setting: ScorerSetting, _ manifest: Manifest, _ environment: HostEnvironment
    ) throws(LoadError) -> [Grant: Manifest.Input] {
        let required = manifest.inputs.filter(\.value.isRequired).map(\.key).sorted()
        let granted = setting.grants.sorted()
        func list(_ grants: [Grant]) -> String {
            grants.isEmpty ? "none" : grants.map(\.rawValue).joined(separator: ", ")
        }
        guard required.allSatisfy(setting.grants.contains) else {
            throw LoadError(.grants, "it requires \(list(required)); granted: \(list(granted))")
        }
        for grant in required
        where (grant == .paths && environment.offeredHopColumns.isEmpty) || (grant == .history && environment.events == nil) {
            throw LoadError(.grants, "it requires \(grant.rawValue), which this host doesn't send")
        }
        for grant in required where grant == .rowEmbeddings || grant == .queryEmbedding {
            guard environment.embedding == nil else { continue }
            throw LoadError(.grants, "it requires \(grant.rawValue), and no embedder is configured")
        }
        return manifest.inputs.filter { setting.grants.contains($0.key) }
    }
}
