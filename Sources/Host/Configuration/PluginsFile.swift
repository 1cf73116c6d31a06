/// `plugins.json`, read and validated as a whole: every problem is reported, with line, key, found and allowed.
/// The JSON Schema beside it is docs/schema/plugins-1.json.
package struct PluginsFile: Sendable {
    package enum Tier: String, Sendable, CaseIterable { case inline, watched, process, foreign }
    package enum TrustAction: String, Sendable, CaseIterable { case allow, warn, refuse }
    package enum CombinerKind: String, Sendable, CaseIterable { case first, fixed, rrf, gate }

    package struct Scorer: Sendable {
        package var id: String
        package var place: TextPlace
        package var library: String
        package var sha256: String?
        package var tier: Tier
        package var deadlineMilliseconds: Double
        package var assets: [(name: String, path: String, sha256: String?)]
        package var options: [(name: String, value: LocatedJSON)]
        package var grants: [String]
        package var isEnabled: Bool
    }

    package struct Embedder: Sendable {
        package var command: [String]
        package var model: String
        package var dimensions: Int
    }

    package var pluginFolders: [String] = ["./Plugins"]
    package var objectsFolder: String?
    package var scoringBudgetMilliseconds = 5.0
    package var rowsPerCall = 4096
    package var hungThreads = 2
    package var unpinned = TrustAction.allow
    package var writableByOthers = TrustAction.refuse
    package var scorers: [Scorer] = []
    package var combiner = CombinerKind.first
    package var combinerWeights: [String: Double] = [:]
    package var rrfK = 60.0
    package var fallback: [String] = ["@floor"]
    package var samplingTemperature: Double?
    package var embedder: Embedder?

    /// What an empty installation uses: the shipped heuristic, the floor below it.
    package static let builtIn = """
        {
          "version": 1,
          "scorers": [{ "id": "heuristic", "library": "libHeuristicScorer.so", "tier": "inline" }],
          "combiner": { "kind": "first" },
          "fallback": ["heuristic", "@floor"]
        }
        """

    /// - Throws: `HostError` whose message lists every problem, one per line.
    package init(parsing text: String, name: String) throws(HostError) {
        let json: LocatedJSON
        do { json = try LocatedJSON(parsing: text) } catch { throw HostError(.configuration, "\(name): \(error)") }
        var check = Check()
        read(json, &check)
        if !check.problems.isEmpty {
            throw HostError(.configuration, check.problems.map { "\(name): \($0)" }.joined(separator: "\n"))
        }
    }

    private mutating func read(_ json: LocatedJSON, _ check: inout Check) {
        guard let root = check.object(json, "the file", allowed: [
            "$schema", "version", "note", "paths", "turn", "limits", "trust", "sessions", "loadGate", "health", "scorers", "combiner",
            "fallback", "experiments", "shadows", "exploration", "embedder",
        ]) else { return }
        if let version = root["version"] {
            if let number = check.integer(version, "version", 0...1_000_000), number != 1 {
                check.report(version, "version", allowed: "1 (another major needs another mneme)")
            }
        } else {
            check.problems.append("\(json.place): key \"version\" is missing; allowed: 1")
        }
        for later in ["experiments", "shadows"] {
            if let value = root[later], case .array(let elements) = value.kind, !elements.isEmpty {
                check.report(value, later, allowed: "an empty array (arrives with the experiments)")
            }
        }
        if let paths = root["paths"], let members = check.object(paths, "paths", allowed: ["plugins", "objects", "keepRevisions", "note"]) {
            if let value = members["plugins"] { pluginFolders = check.strings(value, "paths.plugins") ?? pluginFolders }
            if let value = members["objects"] { objectsFolder = check.string(value, "paths.objects") }
            if let value = members["keepRevisions"] { _ = check.integer(value, "paths.keepRevisions", 1...1000) }
        }
        if let turn = root["turn"], let members = check.object(turn, "turn", allowed: ["scoringBudgetMilliseconds", "selectionReserveMilliseconds", "rowsPerCall", "note"]) {
            if let value = members["scoringBudgetMilliseconds"] { scoringBudgetMilliseconds = check.number(value, "turn.scoringBudgetMilliseconds", 0.1...60000) ?? 5 }
            if let value = members["selectionReserveMilliseconds"] { _ = check.number(value, "turn.selectionReserveMilliseconds", 0...60000) }
            if let value = members["rowsPerCall"] { rowsPerCall = check.integer(value, "turn.rowsPerCall", 1...1_048_576) ?? 4096 }
        }
        if let limits = root["limits"], let members = check.object(limits, "limits", allowed: [
            "residentLibraries", "workers", "workerMemoryMegabytes", "arenaMegabytes", "sessionMemoryMegabytes", "hungThreads", "note",
        ]) {
            for (key, value) in members where key != "note" {
                let number = check.integer(value, "limits.\(key)", 1...1_000_000)
                if key == "hungThreads", let number { hungThreads = number }
            }
        }
        if let trust = root["trust"], let members = check.object(trust, "trust", allowed: ["unpinned", "writableByOthers", "thirdPartyTier", "note"]) {
            if let value = members["unpinned"] { unpinned = check.choice(value, "trust.unpinned") ?? .allow }
            if let value = members["writableByOthers"] { writableByOthers = check.choice(value, "trust.writableByOthers") ?? .refuse }
            if let value = members["thirdPartyTier"] { _ = check.choice(value, "trust.thirdPartyTier") as Tier? }
        }
        for section in ["sessions", "loadGate", "health"] {
            if let value = root[section], case .object = value.kind {} else if let value = root[section] {
                check.report(value, section, allowed: "an object")
            }
        }
        if let list = root["scorers"] { readScorers(list, &check) }
        if let value = root["combiner"] { readCombiner(value, &check) }
        if let value = root["fallback"] { readFallback(value, &check) }
        if let value = root["exploration"], let members = check.object(value, "exploration", allowed: ["kind", "temperature", "qualityBudget", "never", "note"]) {
            enum Kind: String, CaseIterable { case none, plackettLuce = "plackett-luce" }
            let kind: Kind? = members["kind"].flatMap { check.choice($0, "exploration.kind") }
            let temperature = members["temperature"].flatMap { check.number($0, "exploration.temperature", 0.000001...1000) }
            if kind == .plackettLuce { samplingTemperature = temperature ?? 0.15 }
        }
        if let value = root["embedder"], let members = check.object(value, "embedder", allowed: ["command", "model", "dimensions", "note"]) {
            let command = members["command"].flatMap { check.strings($0, "embedder.command") }
            let model = members["model"].flatMap { check.string($0, "embedder.model") }
            let dimensions = members["dimensions"].flatMap { check.integer($0, "embedder.dimensions", 1...65535) }
            if let command, let model, let dimensions, !command.isEmpty {
                embedder = Embedder(command: command, model: model, dimensions: dimensions)
            } else {
                check.report(value, "embedder", allowed: "command (a non-empty array), model and dimensions together")
            }
        }
    }

    private mutating func readScorers(_ list: LocatedJSON, _ check: inout Check) {
        guard case .array(let elements) = list.kind else { return check.report(list, "scorers", allowed: "an array of scorers") }
        var seen: Set<String> = []
        for (index, element) in elements.enumerated() {
            let path = "scorers[\(index)]"
            guard let members = check.object(element, path, allowed: [
                "id", "library", "foreign", "tier", "deadlineMilliseconds", "graceMilliseconds", "assets", "options", "heads", "grants",
                "sandbox", "enabled", "note",
            ]) else { continue }
            guard let idValue = members["id"], let id = check.string(idValue, "\(path).id") else {
                if members["id"] == nil { check.problems.append("\(element.place): key \"\(path).id\" is missing; allowed: a unique name") }
                continue
            }
            if id.isEmpty || id.hasPrefix("@") { check.report(idValue, "\(path).id", allowed: "a name that isn't empty and doesn't begin with @") }
            if !seen.insert(id).inserted { check.report(idValue, "\(path).id", allowed: "a name that no other scorer has") }
            if let foreign = members["foreign"] {
                check.problems.append("\(foreign.place): key \"\(path).foreign\" arrives with the process tier; allowed now: library")
                continue
            }
            guard let library = members["library"] else {
                check.problems.append("\(element.place): key \"\(path).library\" is missing; allowed: a path, or {path, sha256}")
                continue
            }
            var scorer = Scorer(
                id: id, place: element.place, library: "", sha256: nil, tier: .inline, deadlineMilliseconds: scoringBudgetMilliseconds,
                assets: [], options: [], grants: [], isEnabled: true)
            (scorer.library, scorer.sha256) = check.file(library, "\(path).library") ?? ("", nil)
            if let value = members["enabled"] { scorer.isEnabled = check.bool(value, "\(path).enabled") ?? true }
            if let value = members["tier"] {
                scorer.tier = check.choice(value, "\(path).tier") ?? .inline
                if scorer.isEnabled, scorer.tier == .process || scorer.tier == .foreign {
                    check.report(value, "\(path).tier", allowed: "inline, watched (process and foreign arrive with the worker)")
                }
            }
            if let value = members["deadlineMilliseconds"] {
                scorer.deadlineMilliseconds = check.number(value, "\(path).deadlineMilliseconds", 0.05...60000) ?? scoringBudgetMilliseconds
            }
            if let value = members["graceMilliseconds"] { _ = check.number(value, "\(path).graceMilliseconds", 0...60000) }
            if let value = members["heads"] { _ = check.strings(value, "\(path).heads") }
            if let value = members["grants"] {
                let known = ["row-texts", "query-text", "row-embeddings", "query-embedding", "paths", "history"]
                scorer.grants = check.strings(value, "\(path).grants") ?? []
                for grant in scorer.grants where !known.contains(grant) {
                    check.problems.append("\(value.place): key \"\(path).grants\" holds \"\(grant)\"; allowed: \(known.joined(separator: ", "))")
                }
            }
            if let value = members["options"] {
                if case .object(let options) = value.kind {
                    scorer.options = options.map { ($0.key, $0.value) }
                } else {
                    check.report(value, "\(path).options", allowed: "an object of the manifest's options")
                }
            }
            if let value = members["assets"] {
                if case .object(let assets) = value.kind {
                    for asset in assets {
                        if let (file, pin) = check.file(asset.value, "\(path).assets.\(asset.key)") { scorer.assets.append((asset.key, file, pin)) }
                    }
                } else {
                    check.report(value, "\(path).assets", allowed: "an object of the manifest's assets")
                }
            }
            scorers.append(scorer)
        }
    }

    private mutating func readCombiner(_ value: LocatedJSON, _ check: inout Check) {
        guard let members = check.object(value, "combiner", allowed: ["kind", "weights", "k", "scorers", "temperature", "whenNoWeightsFor", "note"]) else { return }
        if let kind = members["kind"] {
            combiner = check.choice(kind, "combiner.kind") ?? .first
            if combiner == .gate { check.report(kind, "combiner.kind", allowed: "first, fixed, rrf (gate arrives with its weights)") }
        }
        if let k = members["k"] { rrfK = check.number(k, "combiner.k", 0...10000) ?? 60 }
        if combiner == .fixed {
            guard let weights = members["weights"], case .object(let pairs) = weights.kind else {
                return check.report(members["weights"] ?? value, "combiner.weights", allowed: "an object of scorer id and weight")
            }
            for pair in pairs {
                if let weight = check.number(pair.value, "combiner.weights.\(pair.key)", 0...1000) { combinerWeights[pair.key] = weight }
                if !scorers.contains(where: { $0.id == pair.key }) {
                    check.problems.append("\(pair.place): key \"combiner.weights.\(pair.key)\" names no scorer; allowed: \(scorers.map(\.id).joined(separator: ", "))")
                }
            }
        }
    }

    private mutating func readFallback(_ value: LocatedJSON, _ check: inout Check) {
        guard let ids = check.strings(value, "fallback") else { return }
        let known = scorers.map(\.id) + ["@floor"]
        for id in ids where !known.contains(id) {
            check.problems.append("\(value.place): key \"fallback\" names \"\(id)\"; allowed: \(known.joined(separator: ", "))")
        }
        if ids.last != "@floor" { check.report(value, "fallback", allowed: "an array that ends in \"@floor\"") }
        fallback = ids
    }
}

/// Collects problems instead of stopping at the first.
private struct Check {
    var problems: [String] = []

    mutating func report(_ value: LocatedJSON, _ key: String, allowed: String) {
        problems.append("\(value.place): key \"\(key)\" is \(value.description); allowed: \(allowed)")
    }

    mutating func object(_ json: LocatedJSON, _ path: String, allowed: [String]) -> [String: LocatedJSON]? {
        guard case .object(let members) = json.kind else {
            report(json, path, allowed: "an object")
            return nil
        }
        var result: [String: LocatedJSON] = [:]
        for member in members {
            if allowed.contains(member.key) {
                result[member.key] = member.value
            } else {
                problems.append("\(member.place): unknown key \"\(member.key)\" in \(path); allowed: \(allowed.joined(separator: ", "))")
            }
        }
        return result
    }

    mutating func number(_ json: LocatedJSON, _ path: String, _ range: ClosedRange<Double>) -> Double? {
        if case .number(let value, _) = json.kind, range.contains(value) { return value }
        report(json, path, allowed: "a number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    mutating func integer(_ json: LocatedJSON, _ path: String, _ range: ClosedRange<Int>) -> Int? {
        if case .number(let value, true) = json.kind, value >= Double(range.lowerBound), value <= Double(range.upperBound) { return Int(value) }
        report(json, path, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    mutating func bool(_ json: LocatedJSON, _ path: String) -> Bool? {
        if case .bool(let value) = json.kind { return value }
        report(json, path, allowed: "true or false")
        return nil
    }

    mutating func string(_ json: LocatedJSON, _ path: String) -> String? {
        if case .string(let value) = json.kind { return value }
        report(json, path, allowed: "a string")
        return nil
    }

    mutating func strings(_ json: LocatedJSON, _ path: String) -> [String]? {
        guard case .array(let elements) = json.kind else {
            report(json, path, allowed: "an array of strings")
            return nil
        }
        return elements.enumerated().compactMap { string($1, "\(path)[\($0)]") }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ json: LocatedJSON, _ path: String) -> Choice? where Choice.RawValue == String {
        if case .string(let text) = json.kind, let value = Choice(rawValue: text) { return value }
        report(json, path, allowed: Choice.allCases.map(\.rawValue).joined(separator: ", "))
        return nil
    }

    mutating func file(_ json: LocatedJSON, _ path: String) -> (String, String?)? {
        if case .string(let text) = json.kind { return (text, nil) }
        guard let members = object(json, path, allowed: ["path", "sha256", "note"]) else { return nil }
        guard let file = members["path"].flatMap({ string($0, "\(path).path") }) else {
            report(json, path, allowed: "a path, or {path, sha256}")
            return nil
        }
        var pin: String?
        if let value = members["sha256"], let text = string(value, "\(path).sha256") {
            if text.count == 64, text.allSatisfy(\.isHexDigit) { pin = text } else { report(value, "\(path).sha256", allowed: "64 hexadecimal digits") }
        }
        return (file, pin)
    }
}
