import Gate
import Host
import Testing

/// The gate's weights file: what is written is read again, and what is wrong is named with its place.
@Suite struct GateFileTests {
    static let shape = GateShape(
        scorers: [.init(id: "x", scale: .logit), .init(id: "y", scale: .rankOnly)], columns: [.init(name: "a@1", mean: 1.5, scale: 0.25)])

    static func weights() -> GateWeights {
        var parameters = GatePlaces(shape).initialParameters()
        for place in parameters.indices { parameters[place] += Float(place % 7) / 3 - 1 }
        return GateWeights(shape, parameters: parameters, temperature: 0.7, trainingHash: "a \"hash\"")
    }

    private func read(_ text: String, offered: [String] = ["a@1"]) throws(LoadError) -> GateWeights {
        try GateWeights.read(Array(text.utf8), path: "gate.json", offered: offered)
    }

    @Test func whatIsWrittenIsReadAgainToTheLastBit() throws {
        let weights = Self.weights()
        let again = try read(weights.json)
        // The diagonals are written as they are, so everything is compared.
        #expect(again == weights)
        let plain = GateWeights(GateShape(scorers: [.init(id: "x", scale: .probability)]))
        #expect(try read(plain.json, offered: []) == plain)
    }

    @Test(arguments: [
        ("\"gate\": 1", "\"gate\": 2", "gate: found 2; allowed: an integer from 1 to 1"),
        ("\"temperature\": 0.7", "\"temperature\": 0", "temperature: found 0; allowed: a number from 0.001 to 1000"),
        ("\"name\": \"a@1\"", "\"name\": \"z@1\"", "columns[0].name: found \"z@1\"; allowed: columns of this host (mneme columns lists them)"),
        ("\"id\": \"y\"", "\"id\": \"x\"", "scorers[1].id: found \"x\"; allowed: each scorer once"),
        ("\"scale\": \"logit\"", "\"scale\": \"odds\"", "scorers[0].scale: found \"odds\"; allowed: \"logit\", \"probability\", \"rank-only\""),
        ("\"logitBeside\": [", "\"logitBeside\": [0, ", "scorers[0].logitBeside: found a list of 3; allowed: a list of 2 numbers from -50 to 50"),
        ("\"logScale\": ", "\"logScale\": 9e9, \"note\": ", "scorers[0].logScale: found 9000000000.0; allowed: a number from -10 to 10"),
        ("\"columns\": [", "\"pillars\": [", "columns: found nothing; allowed: the key is required"),
        ("\"confidence\": {", "\"confidence\": { \"x\": 1, ", "confidence.x: found an unknown key; allowed: offset, logSlope, note"),
        ("\"offset\": ", "\"offset\": \"much\", \"note\": ", "scorers[0].offset: found \"much\"; allowed: a number from -50 to 50"),
    ]) func whatIsWrongIsNamedWithItsPlace(old: String, new: String, complaint: String) throws {
        let text = Self.weights().json
        let place = try #require(text.range(of: old))
        let error = try #require(throws: LoadError.self) { try read(text.replacingCharacters(in: place, with: new)) }
        #expect(error.reason.contains(complaint), "\(error.reason)")
        #expect(error.reason.hasPrefix("gate.json: line "))
    }

    @Test func numbersThatAreNoneAndFilesThatAreTooLongAreRefused() {
        let text = Self.weights().json
        #expect(throws: LoadError.self) { try read(text.replacing("\"temperature\": 0.7", with: "\"temperature\": 1e999")) }
        #expect(throws: LoadError.self) { try read(text.replacing("\"temperature\": 0.7", with: "\"temperature\": NaN")) }
        #expect(throws: LoadError.self) { try read(text + String(repeating: " ", count: GateWeights.largestFile)) }
        #expect(throws: LoadError.self) { try read("") }
    }
}
