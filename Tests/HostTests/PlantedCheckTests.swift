import PluginABI
import Testing

@testable import Host

/// How the gate judges over planted lists, whatever a scorer is: over a made-up subject and made-up worlds.
@Suite struct PlantedCheckTests {
    @Test func whatRanksTheWantedFirstPasses() throws {
        let check = try judge { $0 }
        #expect(check.outcome == .passed && check.detail.hasPrefix("mean AUC 1.0 over 8 planted lists: one 1.0, two 1.0"), "\(check)")
    }

    @Test func aPatternUpsideDownIsNamedWithBothValues() throws {
        let check = try judge { value in value > 10 ? -value : value }
        #expect(
            check.outcome == .failed
                && check.detail.hasPrefix("two: AUC 0.0, upside down; allowed: 0.45 and above in every pattern (over all 8 planted lists 0.5"),
            "\(check)")
    }

    @Test func whatTellsNothingApartIsRefused() throws {
        let check = try judge { _ in 1 }
        #expect(check.outcome == .failed && check.detail.hasPrefix("mean AUC 0.5 over 8 planted lists; allowed: above 0.55"), "\(check)")
    }

    @Test func rowsOnWhichItAbstainsDoNotCount() throws {
        // The rows that it would rank wrongly are those of which it says nothing.
        let check = try judge { value in value > 10 ? nil : value }
        #expect(check.outcome == .passed && check.detail.contains("over 4 planted lists: one 1.0"), "\(check)")
        let silent = try judge { _ in nil }
        #expect(silent.outcome == .notChecked && silent.detail.contains("abstains"))
    }

    @Test func whoRemembersIsToldTheEventsBeforeEachList() throws {
        let subject = MadeUpSubject(history: true) { $0 }
        _ = try GateChecks(subject, Self.maker([.history]), planted: Self.worlds).plantedWorld()
        #expect(subject.calls.prefix(5) == ["open 100", "advance 1-2", "score", "score", "advance 3"], "\(subject.calls)")
        #expect(subject.calls.last == "close 100")
        // Without the grant it serves without sessions, and so it is judged.
        let blind = MadeUpSubject(history: true) { $0 }
        _ = try GateChecks(blind, Self.maker([]), planted: Self.worlds).plantedWorld()
        #expect(Set(blind.calls) == ["score"])
    }

    @Test func certaintyWhereNothingIsIsRefusedInCalibratedHeadsOnly() throws {
        // The best of ordinary lists has 2.5, of empty ones 0.5.
        let sober = try nothing { $0 - 1 }
        #expect(sober.outcome == .passed, "\(sober)")
        let certain = try nothing { _ in 6 }
        #expect(certain.outcome == .failed && certain.detail.contains("0.998 on average where nothing is relevant (4 lists)"), "\(certain)")
        let rankOnly = try nothing(scale: .rankOnly) { _ in 6 }
        #expect(rankOnly.outcome == .notChecked)
        let unclaimed = try nothing(isCalibrated: false) { _ in 6 }
        #expect(unclaimed.outcome == .notChecked && unclaimed.detail == "the manifest doesn't call its head calibrated")
    }

    @Test func assetsWithoutConfidenceTakeThePromiseBack() throws {
        for (confidence, outcome) in [(Float(0.5), GateReport.Outcome.failed), (nil, .notChecked)] {
            let subject = MadeUpSubject { _ in 6 }
            subject.facts.manifest.assets = [Manifest.AssetSlot(name: "weights", format: nil, isRequired: true, maxBytes: nil)]
            subject.confidence = confidence
            let check = try GateChecks(subject, Self.maker([]), planted: Self.worlds).nothingRelevant()
            #expect(check.outcome == outcome, "\(check)")
        }
    }

    @Test func whatWorldsDoNotHaveIsNotAskedOfThem() throws {
        let subject = MadeUpSubject { $0 }
        subject.facts.manifest.inputs = [.rowTexts: Manifest.Input(isRequired: true, maxBytes: nil)]
        let needy = try GateChecks(subject, Self.maker([]), planted: Self.worlds).plantedWorld()
        #expect(needy.outcome == .notChecked && needy.detail == "it needs row-texts, which planted worlds don't have")
        subject.facts.manifest.inputs = [:]
        subject.facts.manifest.heads[0].name = "novelty"
        let other = try GateChecks(subject, Self.maker([]), planted: Self.worlds).plantedWorld()
        #expect(other.outcome == .notChecked)
        let none = try GateChecks(subject, Self.maker([])).plantedWorld()
        #expect(none.detail == "no planted worlds in this build")
    }

    @Test func worldsMayBeSwitchedOffAndSayNothingOfStrangeColumns() {
        let source = PlantedWorlds(version: 1) { _ in PlantedProbes(worlds: [], milliseconds: 0) }
        var settings = PluginsFile.LoadGate()
        func reason() -> String? {
            guard case .none(let reason) = PlantedSupply.of(source, settings, rowColumns: [], eventColumns: []) else { return nil }
            return reason
        }
        #expect(reason() == "planted worlds say nothing in the columns that it asks for")
        settings.worlds = []
        #expect(reason() == "loadGate.worlds is empty")
    }

    @Test func aVerdictOverOtherWorldsIsForgotten() throws {
        let sandbox = try Sandbox()
        func isFromStore(version: Int, seed: Int) throws -> Bool? {
            var environment = HostEnvironment.test
            (environment.usesLoadGate, environment.gateMeasuresTime) = (true, false)
            environment.plantedWorlds = PlantedWorlds(version: version) { _ in PlantedProbes(worlds: [], milliseconds: 0) }
            let text = """
                { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
                  "loadGate": { "worldSeed": \(seed) },
                  "scorers": [{ "id": "x", "library": "\(try Fixtures.library("good_logistic"))" }] }
                """
            return try ScorerHost.start(plugins: sandbox.write(text), environment).configuration.plugins[0].gate?.isFromStore
        }
        #expect(try isFromStore(version: 1, seed: 7) == false)
        #expect(try isFromStore(version: 1, seed: 7) == true)
        #expect(try isFromStore(version: 2, seed: 7) == false)
        #expect(try isFromStore(version: 2, seed: 8) == false)
    }

    // MARK: Making it

    private func judge(_ score: @escaping (Float) -> Float?) throws -> GateReport.Check {
        try GateChecks(MadeUpSubject(score: score), Self.maker([]), planted: Self.worlds).plantedWorld()
    }

    private func nothing(
        scale: Manifest.Scale = .logit, isCalibrated: Bool = true, _ score: @escaping (Float) -> Float?
    ) throws -> GateReport.Check {
        let subject = MadeUpSubject(score: score)
        subject.facts.manifest.heads[0].scale = scale
        subject.facts.manifest.heads[0].isCalibrated = isCalibrated
        return try GateChecks(subject, Self.maker([]), planted: Self.worlds).nothingRelevant()
    }

    private static func maker(_ inputs: Set<Grant>) -> ProbeMaker {
        ProbeMaker(columns: ["a@1"], schema: 1, heads: 1, inputs: inputs, vectorDimension: 0, seed: 1) { _ in nil }
    }

    /// Four lists each of pattern «one» (values 1, 2), of «two» (12, 11), and of ordinary (1, 2.5) and empty ones (0, 0.5).
    private static let worlds: PlantedSupply = {
        func list(_ pattern: String, _ number: Int, _ values: [Float], wanted: [Bool]) -> PlantedProbe.List {
            PlantedProbe.List(
                pattern: pattern, knownEvents: 2 + number, nowMilliseconds: 1, values: values, present: [1], ids: [1, 2],
                isWanted: wanted)
        }
        let lists = (0..<4).flatMap { number in
            [list("one", number, [1, 2], wanted: [false, true]), list("two", number, [12, 11], wanted: [true, false])]
        }
        let others = (0..<4).flatMap { number in
            [list("ordinary", 4 + number, [1, 2.5], wanted: [false, false]), list("empty", 4 + number, [0, 0.5], wanted: [false, false])]
        }
        return .probes(
            PlantedProbes(
                worlds: [
                    PlantedProbe(
                        features: Array(repeating: [], count: 9), timesMilliseconds: (0..<9).map { $0 * 1000 },
                        things: Array(repeating: [], count: 9), lists: lists + others)
                ], milliseconds: 0))
    }()
}

/// Scores rows by a function of their first column.
private final class MadeUpSubject: TrialSubject {
    // Not Sendable on purpose: one test uses it.
    var facts: TrialFacts
    var confidence: Float?
    var calls: [String] = []
    private let score: (Float) -> Float?

    init(history: Bool = false, score: @escaping (Float) -> Float?) {
        var manifest = Manifest()
        manifest.heads = [Manifest.Head(name: "relevance", over: .candidate, scale: .logit, isCalibrated: true)]
        facts = TrialFacts(manifest: manifest, offersSessions: history, offersAdvance: history)
        self.score = score
    }

    func score(_ probe: ProbeBatch, session: UInt64?) throws(TrialFailure) -> ProbeAnswer {
        calls.append("score")
        let scores = (0..<probe.rowCount).map { score(probe.value($0, 0)) }
        let unwritten = Float(bitPattern: UInt32(MNEME_UNWRITTEN_BITS))
        return ProbeAnswer(
            status: 0, rowsDone: scores.count, values: scores.map { $0 ?? unwritten },
            statuses: scores.map { UInt8($0 == nil ? MNEME_ROW_ABSTAIN : MNEME_ROW_OK) },
            confidences: scores.map { _ in confidence ?? unwritten }, parts: [], headCount: 1, changedFloatMode: false,
            changedInput: 0, elapsedNanoseconds: 0)
    }

    func openSession(_ key: UInt64) throws(TrialFailure) { calls.append("open \(key)") }
    func closeSession(_ key: UInt64) throws(TrialFailure) { calls.append("close \(key)") }
    func advance(_ key: UInt64, _ events: ProbeEvents) throws(TrialFailure) {
        let last = events.firstSequence + UInt64(events.timesMilliseconds.count) - 1
        calls.append(events.firstSequence == last ? "advance \(last)" : "advance \(events.firstSequence)-\(last)")
    }
    func exportState(_ key: UInt64?) throws(TrialFailure) -> [UInt8] { [] }
    func importState(_ key: UInt64?, version: UInt32, _ bytes: [UInt8]) throws(TrialFailure) {}
}
