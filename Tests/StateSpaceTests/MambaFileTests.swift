import Glibc
import StateSpace
import Testing

/// A Mamba network as a weights file.
@Suite struct MambaFileTests {
    private static let shape = NetworkShape(
        inputs: 5,
        mixer: MixerShape(width: 8, inner: 12, state: 4, taps: 3, stepRank: 2, projectionBias: true, timeDecay: true),
        layers: 2, outputs: 3)

    private static func parameters(_ network: MambaNetwork) -> FloatBuffer {
        let values = FloatBuffer(network.place.layout.count)
        var random = SplitMix64(seed: 4)
        network.place.initialize(values.start, shape: network.shape, using: &random)
        return values
    }

    private static func outputs(_ network: MambaNetwork) -> [Float] {
        let (x, y) = (FloatBuffer((0..<20).map { Float($0 % 7) - 3 }), FloatBuffer(12))
        network.run(
            x.start, rows: 4, gaps: [0, 1, 2, 3], state: network.makeState(),
            scratch: NetworkScratch(network, rows: 4), to: y.start)
        return y.array
    }

    @Test(arguments: [GapRule.logarithm, .bounded(2.5)]) func whatIsWrittenIsReadBackAsTheSameNetwork(
        _ rule: GapRule
    ) throws {
        let path = "/tmp/mneme-mamba-\(getpid())-\(rule.word).safetensors"
        defer { unlink(path) }
        let network = MambaNetwork(Self.shape, gapRule: rule)
        let values = Self.parameters(network)
        network.load(values.start)
        try network.write(values.start, to: path, metadata: ["made_by": "a test"])
        let file = try SafetensorsFile(path: path)
        let again = try MambaNetwork(file)
        #expect(again.shape == Self.shape && again.stack.gapRule == rule)
        #expect(file.metadata["made_by"] == "a test")
        #expect(Self.outputs(again) == Self.outputs(network))
        #expect(try again.place.layout.read(file) == values.array)
    }

    @Test func aTensorOfAnotherShapeIsRefusedWithBothNamed() throws {
        let error = try Self.refusal { writer, network, values in
            for entry in network.place.layout.entries {
                let isBad = entry.name == "backbone.layers.1.mixer.out_proj.weight"
                writer.add(entry.name, values[entry], shape: isBad ? [entry.shape[1], entry.shape[0]] : entry.shape)
            }
        }
        #expect(error.place == "tensor \"backbone.layers.1.mixer.out_proj.weight\"")
        #expect(error.found == "[12, 8]" && error.allowed == "[8, 12]")
    }

    @Test func aStrangersTensorAndAnUnknownGapRuleAreRefused() throws {
        let stranger = try Self.refusal { writer, network, values in
            network.place.layout.add(values.array, to: &writer)
            writer.add("tail.weight", [1] as [Float], shape: [1])
        }
        #expect(stranger.place == "tensor \"tail.weight\"")
        let rule = try Self.refusal { writer, network, values in
            network.place.layout.add(values.array, to: &writer)
            writer.metadata["gap_rule"] = "bounded:nan"
        }
        #expect(rule.found == "bounded:nan")
    }

    private static func refusal(
        _ change: (inout SafetensorsWriter, MambaNetwork, FloatBuffer) -> Void
    ) throws -> SafetensorsError {
        let network = MambaNetwork(shape)
        var writer = SafetensorsWriter(metadata: network.metadata)
        change(&writer, network, parameters(network))
        return try writer.bytes().withUnsafeBytes { bytes in
            try #require(throws: SafetensorsError.self) { _ = try MambaNetwork(SafetensorsFile(borrowing: bytes)) }
        }
    }
}
