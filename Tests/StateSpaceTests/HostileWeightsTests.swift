import StateSpace
import Testing

/// A hundred thousand damaged files: refused or loaded, never a crash.
@Suite struct HostileWeightsTests {
    @Test func aHundredThousandMutationsOfARealFileNeverCrash() throws {
        let original = try Golden.bytes("public-s4d-kernel.safetensors")
        var numbers = SeededNumbers(seed: 2026)
        var loaded = 0
        var bytes = original
        for _ in 0..<100_000 {
            let undo = Self.mutate(&bytes, &numbers)
            if Self.load(bytes) { loaded += 1 }
            undo.restore(&bytes, original)
        }
        #expect(bytes == original)
        print("mutations: \(loaded) loaded, \(100_000 - loaded) refused")
        // Damage within the data, or to a name, leaves a file that is well formed.
        #expect(loaded > 1000 && loaded < 99_000)
    }

    private struct Undo {
        var isResized = false
        var places: [Int] = []

        func restore(_ bytes: inout [UInt8], _ original: [UInt8]) {
            if isResized { bytes = original } else { for place in places { bytes[place] = original[place] } }
        }
    }

    /// Most hits go to the header, where the decisions are taken.
    private static func mutate(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers) -> Undo {
        func place(_ numbers: inout SeededNumbers) -> Int {
            Int.random(in: 0..<(Int.random(in: 0..<4, using: &numbers) > 0 ? 1496 : bytes.count), using: &numbers)
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
            repeat { digit = Int.random(in: 8..<1496, using: &numbers) } while !(0x30...0x39).contains(bytes[digit])
            bytes[digit] = UInt8.random(in: 0x30...0x39, using: &numbers)
            return Undo(places: [digit])
        default:
            let places = (0..<Int.random(in: 1...4, using: &numbers)).map { _ in place(&numbers) }
            for place in places { bytes[place] = UInt8.random(in: 0...255, using: &numbers) }
            return Undo(places: places)
        }
    }

    private static func load(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard let file = try? SafetensorsFile(borrowing: bytes) else { return false }
            let layout = S4DKernel.layout(channels: 8, stateSize: 16, hasInputMatrix: false)
            if let values = try? layout.read(file, prefix: "w.") {
                _ = S4DKernel(channels: 8, stateSize: 16, values: values)
            }
            return true
        }
    }
}
