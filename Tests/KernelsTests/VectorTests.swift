import Kernels
import Testing

/// A small generator with a fixed seed: the same vectors on every run.
struct Noise {
    var state: UInt64 = 42
    mutating func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int64(state >> 40) - (1 << 23)) / Float(1 << 23)
    }
    mutating func vector(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}

@Suite struct VectorTests {
    // f32 sums of terms in [-1, 1] in 64 lanes: the error grows with the square root of the length.
    private func tolerance(_ count: Int) -> Double { 1e-6 * Double(max(count, 1)).squareRoot() * 4 }

    @Test(arguments: Array(0...130) + [383, 384, 385, 768, 1024, 4097])
    func dotF32EqualsThePlainLoop(count: Int) {
        var noise = Noise(state: UInt64(count))
        let a = noise.vector(count)
        let b = noise.vector(count)
        let plain = mneme_dot_f32_reference(a, b, count)
        #expect(abs(Double(mneme_dot_f32(a, b, count)) - plain) <= tolerance(count))
    }

    @Test(arguments: Array(0...130) + [383, 384, 385, 768, 1024, 4097])
    func dotF16EqualsThePlainLoop(count: Int) {
        var noise = Noise(state: UInt64(count))
        let query = noise.vector(count)
        var stored = [UInt16](repeating: 0, count: count)
        mneme_f32_to_f16(noise.vector(count), &stored, count)
        let plain = mneme_dot_f16_reference(query, stored, count)
        #expect(abs(Double(mneme_dot_f16(query, stored, count)) - plain) <= tolerance(count))
    }

    @Test func everyFloat16SurvivesTheWayToFloat32AndBack() {
        for bits in UInt16.min...UInt16.max {
            let value = mneme_f32_from_f16_reference(bits)
            #expect(value.bitPattern == Float(Float16(bitPattern: bits)).bitPattern || value.isNaN)
            if !value.isNaN { #expect(mneme_f16_from_f32_reference(value) == bits) }
        }
    }

    @Test func roundingToFloat16IsToNearestEven() {
        var noise = Noise()
        for exponent in -30...17 {
            for _ in 0..<500 {
                let value = noise.next() * Float(sign: .plus, exponent: exponent, significand: 1)
                #expect(mneme_f16_from_f32_reference(value) == Float16(value).bitPattern, "\(value)")
            }
        }
        for value: Float in [0, -0.0, 65_504, 65_519.99, 65_520, .infinity, -.infinity, 0x1p-24, 0x1p-25, 0x1.8p-25] {
            #expect(mneme_f16_from_f32_reference(value) == Float16(value).bitPattern, "\(value)")
        }
    }

    @Test func aNaNStaysOneInTheDotProduct() {
        var a = [Float](repeating: 1, count: 384)
        a[200] = .nan
        let b = [Float](repeating: 1, count: 384)
        #expect(mneme_dot_f32(a, b, 384).isNaN)
    }
}
