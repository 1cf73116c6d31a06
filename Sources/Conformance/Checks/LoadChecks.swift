import Host
import PluginABI

/// From the file to a model.
enum LoadChecks {
    static let all: [Check] = [
        Check("load", .load, .loads, catches: "constructors that crash, hang, exit; missing symbols", needs: ["requirements"]) { trial throws(TrialEnd) in
            let worker = try trial.worker()
            let limit = 2 * trial.request.callSeconds
            _ = try ending { () throws(TrialFailure) in try worker.load(seconds: limit) }
            return .passed("dlopen and mneme_plugin() returned")
        },
        Check("table", .load, .loads, catches: "another magic, major, size; ids that the manifest doesn't have", needs: ["load"]) { trial throws(TrialEnd) in
            let prepared = try trial.prepared()
            let worker = try trial.worker()
            let table = try ending { () throws(TrialFailure) in try worker.load() }
            guard let problem = table.problem(prepared.manifest) else { return .passed("equal to the manifest") }
            return .failed(problem.reason, do: "fill the table from the same constants as the manifest")
        },
        Check("own-code", .load, .loads, catches: "a table or functions that lie in another library", needs: ["table"]) { trial throws(TrialEnd) in
            let worker = try trial.worker()
            let table = try ending { () throws(TrialFailure) in try worker.load() }
            guard let foreign = table.foreignCode(worker.plan.libraryPath) else { return .passed("entry, table and functions lie in the file") }
            return .failed(foreign, do: "link statically what the table points to: another version would be served by this one's code")
        },
        Check("side-by-side", .load, .survives, catches: "a second file of it that is served by the first one's code", needs: ["own-code"]) { trial throws(TrialEnd) in
            let prepared = try trial.prepared()
            guard let twin = Twin(of: prepared.trial.libraryPath) else { return .notChecked("no copy could be made") }
            let worker = try trial.worker { $0.readable = [twin.path] }
            let library = prepared.trial.libraryPath
            let table = try ending { () throws(TrialFailure) in
                _ = try worker.load(twin.path)
                return try worker.load(library)
            }
            guard let foreign = table.foreignCode(library) else { return .passed("loaded after a copy of itself it runs its own code") }
            return .failed("loaded after a copy of itself: \(foreign)", do: "keep globals out of templates and inline functions, or compile with -fno-gnu-unique")
        },
        Check("create", .load, .loads, catches: "models that aren't made, or don't fit the manifest", needs: ["own-code"]) { trial throws(TrialEnd) in
            let prepared = try trial.prepared()
            let worker = try trial.worker { $0.guardsStructs = true }
            try ending { () throws(TrialFailure) in
                _ = try worker.load()
                try worker.create(seconds: 10 * trial.request.callSeconds)
            }
            do throws(LoadError) {
                try prepared.judge(worker)
            } catch {
                return .failed(error.reason, do: "let info say what the manifest says")
            }
            return .passed("a model that fits the manifest")
        },
        Check("float-mode", .load, .survives, catches: "-ffast-math: flush-to-zero for whoever loads it", needs: ["create"]) { trial throws(TrialEnd) in
            let worker = try trial.worker()
            let remedy = "link without -ffast-math and -Ofast, and leave MXCSR alone"
            _ = try ending { () throws(TrialFailure) in try worker.load() }
            if worker.changedFloatMode { return .failed("loading it changes the floating-point mode of the thread", do: remedy) }
            try ending { () throws(TrialFailure) in try worker.create() }
            if worker.changedFloatMode { return .failed("create changes the floating-point mode of the thread", do: remedy) }
            let maker = try trial.prepared().maker
            let answer = try ending { () throws(TrialFailure) in try worker.score(maker.batch(rows: 5, number: 0), session: nil) }
            if answer.changedFloatMode { return .failed("score changes the floating-point mode of the thread", do: remedy) }
            return .passed("unchanged by load, create and score")
        },
        Check("missing-columns", .load, .survives, catches: "column names that are taken for granted in create", needs: ["create"]) { trial throws(TrialEnd) in
            let prepared = try trial.prepared()
            let required = prepared.manifest.rowColumns.filter(\.isRequired).map(\.name)
            for columns in [prepared.maker.columns.filter(required.contains), []] {
                let worker = try trial.worker()
                let order = prepared.order(columns: columns)
                do throws(TrialFailure) {
                    _ = try worker.load()
                    try worker.create(order)
                } catch {
                    guard case .refused(_, let status, let message) = error else { throw .failure(error) }
                    if columns.count == required.count, !required.isEmpty || prepared.manifest.rowColumns.isEmpty {
                        return .failed("create refuses its required columns alone: \(message)", do: "mark the others \"required\": true")
                    }
                    guard message != "no message" else {
                        return .failed("create without columns failed with status \(status) and no message", do: "say which column is missing, with both lists")
                    }
                }
            }
            return .passed("made, or refused with a message, without the optional columns and without any")
        },
        Check("option-ends", .load, .survives, catches: "options that crash create at the ends of their range", needs: ["create"]) { trial throws(TrialEnd) in
            try optionEnds(trial)
        },
    ]

    private static func optionEnds(_ trial: Trial) throws(TrialEnd) -> Finding {
        let prepared = try trial.prepared()
        guard !prepared.manifest.options.isEmpty else { return .notChecked("it has no options") }
        var tried = 0
        for (index, option) in prepared.manifest.options.enumerated() {
            for value in OptionEnds.values(option) {
                var order = prepared.trial.order
                order.options[index] = value.order
                let worker = try trial.worker()
                tried += 1
                do throws(TrialFailure) {
                    _ = try worker.load()
                    try worker.create(order)
                    _ = try worker.score(prepared.maker.batch(rows: 3, number: 1), session: nil)
                } catch {
                    guard case .refused(let operation, _, let message) = error else { throw .failure(error) }
                    guard operation == "create", message != "no message" else {
                        return .failed("\(option.name) = \(value.text): \(error)", do: "narrow the option's range in the manifest, or refuse in create with a message")
                    }
                }
            }
        }
        return .passed("\(tried) values of \(prepared.manifest.options.count) options")
    }
}
