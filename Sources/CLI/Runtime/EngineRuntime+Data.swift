import Engine
import Foundation

extension EngineRuntime {
    func evaluateData(
        _ evaluation: DataEvaluation, plugins: String?, store: StoreOptions,
        progress: @escaping (EvaluationProgress) -> Void
    ) throws -> [ComparisonTable] {
        var evaluation = evaluation
        evaluation.pluginFolders = try pluginFolders(store, plugins: plugins)
        evaluation.plugins = try plugins.flatMap { try configuration(named: $0, store) }
        // The library resolves a relative path from its own file's folder.
        evaluation.weights = evaluation.weights.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        return try evaluation.run { progress(EvaluationProgress(ranker: $0, done: $1, total: $2)) }
    }

    /// Where libraries lie: as the configuration says, or where none was named, as the measured plugins.json does.
    func pluginFolders(_ store: StoreOptions, plugins: String?) throws -> [String] {
        var store = store
        store.configurationPath = store.configurationPath ?? plugins
        return try open(store).pluginFolders
    }

    func configuration(named path: String, _ store: StoreOptions) throws -> (text: String, path: String)? {
        var store = store
        store.configurationPath = path
        return try configuration(store)
    }
}
