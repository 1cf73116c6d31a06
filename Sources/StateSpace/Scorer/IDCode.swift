/// A 64-bit id as C signs, each ±1/√C: equal ids have product 1, different ones 0 ± 1/√C. Nothing is learned and
/// nothing is stored, so that ids which training never saw are as good as any.
package enum IDCode {
    /// One bit of the mixed id per number.
    package static let widest = 64
    /// Roles of an event's ids: focal, aspect, injected, referenced.
    package static let roles = 4

    /// Bit c set: number c is negative. (The finaliser of SplitMix64 spreads ids that differ in a few bits.)
    package static func signs(_ id: UInt64) -> UInt64 {
        var mixed = id &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// code [C] += factor × the id's code.
    package static func add(_ id: UInt64, factor: Float, width: Int, to code: MutableFloats) {
        let signs = signs(id)
        for place in 0..<width {
            code[place] += Float(bitPattern: factor.bitPattern ^ UInt32(truncatingIfNeeded: signs >> place) << 31)
        }
    }

    /// out [C] = values [C] with the id's signs.
    package static func apply(_ signs: UInt64, to values: Floats, width: Int, into out: MutableFloats) {
        for place in 0..<width {
            let flip = UInt32(truncatingIfNeeded: signs >> place) << 31
            out[place] = Float(bitPattern: values[place].bitPattern ^ flip)
        }
    }

    /// x [4C] gets the ids of one event, per role Σ code ÷ √count; roles beyond the four are left alone.
    package static func write(
        ids: some Collection<(id: UInt64, role: UInt8)>, width: Int, to x: MutableFloats
    ) {
        x.update(repeating: 0, count: roles * width)
        guard width > 0 else { return }
        var counts = SIMD4<Float>(repeating: 0)
        for (_, role) in ids where (1...roles).contains(Int(role)) { counts[Int(role) - 1] += 1 }
        for (id, role) in ids where (1...roles).contains(Int(role)) {
            let place = Int(role) - 1
            let factor = 1 / (Float(width) * counts[place]).squareRoot()
            add(id, factor: factor, width: width, to: x + place * width)
        }
    }
}
