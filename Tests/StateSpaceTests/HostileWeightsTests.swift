import StateSpace
import Testing

/// A hundred thousand damaged files: refused or loaded, never a crash.
@Suite struct HostileWeightsTests {
    @Test func aHundredThousandMutationsOfARealFileNeverCrash() throws {
        let loaded = try Self.storm(Golden.bytes("public-s4d-kernel.safetensors"), times: 90_000) { file in
            let layout = S4DKernel.layout(channels: 8, stateSize: 16, hasInputMatrix: false)
            let values = try layout.read(file, prefix: "w.")
            _ = S4DKernel(channels: 8, stateSize: 16, values: values)
        }
        print("mutations: \(loaded) loaded, \(90_000 - loaded) refused")
        // Damage within the data, or to a name, leaves a file that is well formed.
        #expect(loaded > 1000 && loaded < 89_000)
    }

    @Test func tenThousandMutationsOfAModelNeverCrash() throws {
        var configuration = S4DConfiguration(inputs: 2, outputs: 1, channels: 2, stateSize: 2, layers: 2)
        configuration.hasInputMatrix = true
        let parameters = S4DParameters(configuration)
        var writer = SafetensorsWriter(metadata: configuration.metadata)
        parameters.layout.add(parameters.initialValues(configuration, seed: 1), to: &writer)
        let features: [Float] = [1, 2, 3, 4]
        _ = try Self.storm(writer.bytes(), times: 10_000) { file in
            let network = try S4DNetwork(file)
            guard network.configuration.inputs == 2 else { return }
            var scores = [Float](repeating: 0, count: network.configuration.outputs)
            network.score(
                S4DPaths(lengths: [2]), features: features, with: S4DActivations(network.configuration),
                into: &scores)
        }
    }

    /// How many of the damaged files were well formed; what `use` thinks of their tensors is its own affair.
    private static func storm(
        _ original: [UInt8], times: Int, use: (SafetensorsFile) throws -> Void
    ) throws -> Int {
        var numbers = SplitMix64(seed: 2026)
        let header = try original.withUnsafeBytes { try SafetensorsFile(borrowing: $0).header.byteCount }
        var loaded = 0
        var bytes = original
        for _ in 0..<times {
            let undo = mutate(&bytes, header: header, &numbers)
            bytes.withUnsafeBytes { bytes in
                guard let file = try? SafetensorsFile(borrowing: bytes) else { return }
                loaded += 1
                try? use(file)
            }
            undo.restore(&bytes, original)
        }
        #expect(bytes == original)
        return loaded
    }

    private struct Undo {
        var isResized = false
        var places: [Int] = []

        func restore(_ bytes: inout [UInt8], _ original: [UInt8]) {
            if isResized { bytes = original } else { for place in places { bytes[place] = original[place] } }
        }
    }

    /// Most hits go to the header, where the decisions are taken.
    private static func mutate(_ bytes: inout [UInt8], header: Int, _ numbers: inout SplitMix64) -> Undo {
        func place(_ numbers: inout SplitMix64) -> Int {
            Int.random(
                in: 0..<(Int.random(in: 0..<4, using: &numbers) > 0 ? header : bytes.count), using: &numbers)
        }
        switch Int.random(in: 0..<10, using: &numbers) {
        case 0:
            bytes.removeLast(Int.random(in: 1...bytes.count, using: &numbers))
            return Undo(isResized: true)
        case 1:
            let start = place(&numbers)
            bytes.removeSubrange(start..<min(bytes.count, start + Int.random(in: 1...40, using: &numbers)))
            return Undo(isResized: true)
        case 2:
            let start = place(&numbers)
            bytes.insert(contentsOf: bytes[start..<min(bytes.count, start + 30)], at: place(&numbers))
            return Undo(isResized: true)
        case 3:
            // A digit for a digit: other shapes and offsets in a header that stays well formed.
            var digit = 0
            repeat {
                digit = Int.random(in: 8..<header, using: &numbers)
            } while !(0x30...0x39).contains(bytes[digit])
            bytes[digit] = UInt8.random(in: 0x30...0x39, using: &numbers)
            return Undo(places: [digit])
        default:
            let places = (0..<Int.random(in: 1...4, using: &numbers)).map { _ in place(&numbers) }
            for place in places { bytes[place] = UInt8.random(in: 0...255, using: &numbers) }
            return Undo(places: places)
        }
    }
}
