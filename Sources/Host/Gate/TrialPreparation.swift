import PluginABI
import Wire

/// A library made ready to be tried, with nothing of it run: what `plugin check` starts from.
package struct TrialPreparation: Sendable {
    /// How it shall be tried.
    package struct Request: Sendable {
        package var path: String
        package var options: [(name: String, value: String)] = []
        package var assets: [(name: String, path: String)] = []
        package var tier = Tier.process
        package var deadlineMilliseconds = 5.0
        package var golden: [GoldenRecord] = []
        package var goldenPath: String?
        package var seed: UInt64 = 7
        /// Row columns that this host offers.
        package var offeredColumns: [String] = []
        package var offeredEventColumns: [String] = []
        package var offeredHopColumns: [String] = []
        package var columnSpan: @Sendable (String) -> ColumnSpan? = { _ in nil }
        package var plantedWorlds: PlantedWorlds?
        /// Private copies of the library and its assets go here.
        package var workFolder: String
        /// The longest that one call may take.
        package var callSeconds = 2.0

        package init(path: String, workFolder: String) {
            self.path = path
            self.workFolder = workFolder
        }
    }

    package let request: Request
    package let manifest: Manifest
    package let trial: TrialWorker.Plan
    package let wantedHeads: UInt32
    package let maker: ProbeMaker
    package let golden: [GoldenRecord]
    package let planted: PlantedSupply
    private let plan: ModelPlan

    /// Vectors of a check are short: their meaning isn't what is tried.
    private static let vectorDimension = 16

    package init(_ request: Request) throws(LoadError) {
        self.request = request
        let settings = Self.settings(request)
        var environment = HostEnvironment(offeredColumns: request.offeredColumns)
        environment.embedding = ("check", Self.vectorDimension)
        environment.seed = request.seed
        environment.offeredEventColumns = request.offeredEventColumns
        environment.offeredHopColumns = request.offeredHopColumns
        let loader = ModelLoader(settings, environment)
        var setting = try Self.setting(request)
        let file = try loader.inspect(setting)
        // Everything that it asks for.
        setting.grants = Set(file.manifest.inputs.keys)
        plan = try ModelPlan(setting, file, settings, environment)
        manifest = file.manifest
        wantedHeads = plan.wantedHeads
        var warnings: [String] = []
        let assets = try loader.openAssets(setting, file.manifest, &warnings)
        let copy = try loader.store.keep(file.bytes, hash: file.hash)
        var trial = TrialWorker.Plan(libraryPath: copy, manifest: file.manifest, order: plan.order(environment))
        trial.assetPaths = assets.map { loader.store.path(of: $0.hash) }
        trial.allowsThreads = file.manifest.threads > 0
        trial.callSeconds = request.callSeconds
        self.trial = trial
        var maker = ProbeMaker(
            columns: plan.rowColumns, schema: plan.schema, heads: plan.wantedHeads, inputs: Set(plan.inputs.keys),
            vectorDimension: Self.vectorDimension, textLimit: plan.inputs[.rowTexts]?.maxBytes, seed: request.seed,
            span: request.columnSpan)
        maker.eventColumnCount = plan.eventColumns.count
        maker.hopColumns = plan.hopColumns
        maker.hopSpans = plan.hopColumns.map { request.columnSpan($0) ?? .standard }
        self.maker = maker
        golden = try Self.golden(request)
        var gate = PluginsFile.LoadGate()
        gate.worldSeed = request.seed
        planted = .of(request.plantedWorlds, gate, rowColumns: plan.rowColumns, eventColumns: plan.eventColumns)
    }

    private static func golden(_ request: Request) throws(LoadError) -> [GoldenRecord] {
        guard let path = request.goldenPath else { return request.golden }
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: 64 << 20)
        } catch {
            throw LoadError(.gate, error.reason)
        }
        return try GoldenRecord.read(bytes, path: path)
    }

    /// What `create` said, judged against the manifest.
    package func judge(_ worker: TrialWorker) throws(LoadError) { _ = try MadeFacts(worker.info, plan) }

    /// The order of another set of columns.
    package func order(columns: [String]) -> CreateOrder {
        var order = trial.order
        order.rowColumns = columns
        order.schema = Columns.schema(row: columns, hop: plan.hopColumns, event: plan.eventColumns)
        return order
    }

    private static func settings(_ request: Request) -> PluginsFile {
        var settings = PluginsFile()
        settings.folder = "."
        settings.paths.objects = "\(request.workFolder)/objects"
        settings.trust.unpinned = .allow
        settings.trust.writableByOthers = .warn
        settings.turn.scoringBudgetMilliseconds = request.deadlineMilliseconds
        return settings
    }

    private static func setting(_ request: Request) throws(LoadError) -> ScorerSetting {
        let place = TextPosition(line: 1, column: 1)
        let path = request.path.contains("/") ? request.path : "./\(request.path)"
        var setting = ScorerSetting(id: "check", position: place, library: PinnedFile(path: path, position: place))
        setting.tier = request.tier
        setting.deadlineMilliseconds = request.deadlineMilliseconds
        for asset in request.assets { setting.assets[asset.name] = PinnedFile(path: asset.path, position: place) }
        for option in request.options {
            // What reads as JSON is that (numbers, true, false); anything else is a text.
            var node = (try? JSONReader.read(Array(option.value.utf8))) ?? JSONNode(value: .string(option.value), position: place)
            if !node.isScalar { node = JSONNode(value: .string(option.value), position: place) }
            setting.options.append(JSONMember(key: option.name, keyPosition: place, node: node))
        }
        return setting
    }
}
