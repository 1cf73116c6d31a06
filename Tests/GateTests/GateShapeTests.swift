import Gate
import Testing

@Suite struct GateShapeTests {
    @Test func aGateKnowsItsScorersByName() { #expect(GateShape(scorers: ["a", "b"]).scorers == ["a", "b"]) }
}
