import Testing
import Wire

@Suite struct StateEnvelopeTests {
    static let envelope = StateEnvelope(
        pluginID: "acme", pluginVersion: "1.2.0", stateVersion: 3, stateID: 0xFEED, eventSchema: 7, session: 42, sequence: 99,
        form: .exact, payload: (0..<200).map { UInt8($0) })

    @Test func whatWasWrittenIsRead() throws {
        #expect(try StateEnvelope.read(Self.envelope.encoded).get() == Self.envelope)
    }

    @Test func noSingleFlippedBitIsTakenForAState() {
        let bytes = Self.envelope.encoded
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: StateEnvelope.Problem.self) { try StateEnvelope.read(damaged).get() }
        }
    }

    @Test func noPrefixIsTakenForAState() {
        let bytes = Self.envelope.encoded
        for count in 0..<bytes.count {
            #expect(throws: StateEnvelope.Problem.self) { try StateEnvelope.read(Array(bytes.prefix(count))).get() }
        }
        #expect(throws: StateEnvelope.Problem.self) { try StateEnvelope.read(bytes + [0]).get() }
    }
}
