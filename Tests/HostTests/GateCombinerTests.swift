import Foundation
import Gate
import Host
import Testing

/// The combiner `gate` over real libraries.
@Suite struct GateCombinerTests {
    private let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    /// x ranks by ½ + 2a − b = ½ − 8·row, y by a.
    private func host(
        _ second: String = "good_list", weights: GateWeights? = GateFileTests.weights(), _ more: String = "", file: String = "gate.json"
    ) throws -> ScorerHost {
        if let weights { _ = try sandbox.write(weights.json, "gate.json") }
        return try sandbox.host(
            [
                ("x", try Fixtures.library("good_logistic"), ", \"tier\": \"inline\""),
                ("y", try Fixtures.library(second), ", \"tier\": \"inline\""),
            ], rest: ", \"combiner\": { \"kind\": \"gate\", \"weights\": \"\(file)\"\(more) }, \"fallback\": [\"y\", \"@floor\"]")
    }

    /// Knows x and y as the fixtures are.
    static func weights(_ change: (inout [Float], GatePlaces) -> Void = { _, _ in }) -> GateWeights {
        let shape = GateShape(
            scorers: [.init(id: "x", scale: .logit), .init(id: "y", scale: .logit)], columns: [.init(name: "a@1", mean: 2, scale: 1)])
        var parameters = GatePlaces(shape).initialParameters()
        change(&parameters, GatePlaces(shape))
        return GateWeights(shape, parameters: parameters)
    }

    @Test func contributionsAddUpAndConfidenceIsThere() throws {
        let turn = try host(weights: Self.weights()).score(rows: 5) { $0.wantsParts = true }
        #expect(turn.answeredBy == ["gate(x 1.0.0, y 1.0.0)"] && turn.degraded.isEmpty)
        #expect(turn.combined == ["x", "y"])
        for row in 0..<5 {
            #expect(turn.parts[row].map(\.name) == ["x", "y"])
            #expect(abs(turn.parts[row].reduce(0) { $0 + $1.value } - turn.scores[row]) < 1e-5)
        }
        #expect((0...1).contains(try #require(turn.confidence)))
    }

    @Test func theScoresAreThoseOfTheGateItself() throws {
        let weights = Self.weights { values, places in
            for place in values.indices { values[place] += Float(place % 5) / 10 }
        }
        let turn = try host(weights: weights, ", \"temperature\": 2").score(rows: 5)
        var rows = GateRows(weights.shape, count: 5)
        rows.set(scorer: 0, (0..<5).map { 0.5 - 8 * Float($0) })
        rows.set(scorer: 1, (0..<5).map { Float($0) })
        rows.set(columns: (0..<5).map { Float($0) })
        var pass = GatePass(weights)
        pass.forward(rows)
        for row in 0..<5 { #expect(abs(turn.scores[row] - Float(pass.scores[row]) / 2) < 1e-5) }
        // The temperature is the draw's: confidence doesn't see it.
        #expect(turn.confidence == pass.confidence.map { Float($0) })
    }

    @Test func aRowThatOneScorerLeavesOutIsTheOthers() throws {
        let turn = try host("good_abstain", weights: Self.weights()).score(rows: 5) { $0.wantsParts = true }
        #expect(turn.parts[1].map(\.name) == ["x"] && turn.parts[2].map(\.name) == ["x", "y"])
        #expect(turn.origins == [0, 0, 0, 0, 0])
    }

    @Test func aFailingScorerLeavesTheOthersTheirWeights() throws {
        let turn = try host("bad_error_message", weights: Self.weights()).score(rows: 5)
        #expect(turn.answeredBy == ["gate(x 1.0.0)"])
        #expect(turn.degraded == ["y failed with INTERNAL: the moon is in the wrong house"])
    }

    @Test func distrustMovesTheWeightToTheOthers() throws {
        let host = try host(weights: Self.weights())
        // x says the contrary of y: whoever is believed decides the order.
        #expect(host.score(rows: 5) { $0.trust = ["x": -6] }.scores.last! > 0)
        #expect(host.score(rows: 5) { $0.trust = ["y": -6] }.scores.last! < 0)
        // Trust takes only: a positive one is none.
        #expect(host.score(rows: 5) { $0.trust = ["x": 6] }.scores == host.score(rows: 5).scores)
    }

    @Test(arguments: [
        ("missing.json", "the gate isn't used: trust: ", "missing.json: No such file or directory"), ("bad.json", "the gate isn't used: assets: ", "bad.json: line 1"),
    ]) func withoutUsableWeightsTheFallbackAnswersAndSaysWhy(file: String, start: String, end: String) throws {
        _ = try sandbox.write("{ \"gate\": 7 }", "bad.json")
        let turn = try host(weights: nil, file: file).score(rows: 3)
        #expect(turn.answeredBy == ["y 1.0.0"] && turn.scores == [0, 1, 2] && turn.confidence == nil)
        #expect(turn.degraded.count == 1 && turn.degraded[0].hasPrefix(start) && turn.degraded[0].contains(end), "\(turn.degraded)")
    }

    @Test func aScorerThatTheWeightsDontKnowSendsTheTurnToTheFallbackOrIsLeftOut() throws {
        let alone = GateWeights(GateShape(scorers: [.init(id: "x", scale: .logit)]))
        let turn = try host(weights: alone).score(rows: 3)
        #expect(turn.answeredBy == ["y 1.0.0"])
        #expect(turn.degraded == ["the gate has no weights for y; it knows x; combiner.whenNoWeightsFor is \"fallback\""])
        let ignoring = try host(weights: alone, ", \"whenNoWeightsFor\": \"ignore\"").score(rows: 3)
        #expect(ignoring.answeredBy == ["gate(x 1.0.0)"] && ignoring.degraded.isEmpty)
        #expect(ignoring.outcomes.map(\.scorer) == ["x"])
    }

    @Test func aHeadOfAnotherScaleIsAnotherScorer() throws {
        let turn = try host().score(rows: 3)
        #expect(turn.degraded == [
            "the gate has no weights for y as it is: learned from scale rank-only, its head has logit; combiner.whenNoWeightsFor is \"fallback\""
        ])
    }

    @Test func columnsThatTheProviderCantFillCostTheGateNothingElse() throws {
        let host = try host(weights: Self.weights { values, places in values[places.logitColumns.lowerBound] = 1 })
        let turn = host.score(request(3)) { names in
            names == ["a@1"] ? ColumnBlock(rowCount: 0, columnCount: 0, values: [], present: []) : columns(3)(names)
        }
        #expect(turn.answeredBy == ["gate(x 1.0.0, y 1.0.0)"])
        #expect(turn.degraded.count == 1 && turn.degraded[0].hasPrefix("the gate weighs without its columns: "))
    }

    @Test func theGatesColumnsAreWantedLikeAScorers() throws {
        let weights = GateWeights(
            GateShape(scorers: [.init(id: "x", scale: .logit), .init(id: "y", scale: .logit)], columns: [.init(name: "only@1", mean: 0, scale: 1)]))
        _ = try sandbox.write(weights.json, "gate.json")
        let host = try sandbox.host(
            [("x", try Fixtures.library("good_logistic"), "")], rest: ", \"combiner\": { \"kind\": \"gate\", \"weights\": \"gate.json\" }",
            columns: ["a@1", "b@1", "only@1"])
        #expect(host.configuration.wantedColumns.contains("only@1"))
    }

    @Test func aChangedGateGoesLiveAndARefusedOneKeepsTheIncumbent() throws {
        let host = try host(weights: Self.weights())
        let before = host.score(rows: 5)
        _ = try sandbox.write(Self.weights { values, places in values[places.logit.lowerBound] = 2 }.json, "gate.json")
        let report = host.reload(cause: "test")
        #expect(report.outcome == .applied && report.kept == ["x 1.0.0", "y 1.0.0"], "\(report.summary)")
        let after = host.score(rows: 5)
        #expect(after.scores != before.scores)
        _ = try sandbox.write("{}", "gate.json")
        let refused = host.reload(cause: "test")
        #expect(refused.outcome == .refused && refused.problems.count == 1)
        #expect(refused.problems[0].hasPrefix("combiner: assets: "), "\(refused.problems)")
        #expect(host.score(rows: 5).scores == after.scores)
    }

    @Test func aPinThatDoesntMatchIsRefused() throws {
        _ = try sandbox.write(Self.weights().json, "gate.json")
        let host = try sandbox.host(
            [("y", try Fixtures.library("good_list"), "")],
            rest: ", \"combiner\": { \"kind\": \"gate\", \"weights\": { \"path\": \"gate.json\", \"sha256\": \"\(String(repeating: "0", count: 64))\" } }, \"fallback\": [\"y\", \"@floor\"]")
        let turn = host.score(rows: 2)
        #expect(turn.answeredBy == ["y 1.0.0"] && turn.degraded[0].hasPrefix("the gate isn't used: pin: "))
    }
}
