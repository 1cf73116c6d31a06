/// Names a turn: 16 characters, unguessable enough to be unique, short enough to paste.
enum RetrievalID {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")

    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        var bits = generator.next()
        var text = ""
        for _ in 0..<12 {
            text.append(alphabet[Int(bits & 31)])
            bits >>= 5
        }
        return "r" + text
    }
}

/// 64-bit ids of rows as scorers see them: SipHash-2-4 of the stable id, keyed per store, so that a plugin can't
/// look names up in a dictionary (Aumasson & Bernstein 2012).
enum RowID {
    static func make(_ id: String, key: UInt64) -> UInt64 {
        var state = SipHash(k0: key, k1: key ^ 0x9E37_79B9_7F4A_7C15)
        return state.hash(Array(id.utf8))
    }
}

private struct SipHash {
    var v0, v1, v2, v3: UInt64

    init(k0: UInt64, k1: UInt64) {
        v0 = k0 ^ 0x736F_6D65_7073_6575
        v1 = k1 ^ 0x646F_7261_6E64_6F6D
        v2 = k0 ^ 0x6C79_6765_6E65_7261
        v3 = k1 ^ 0x7465_6462_7974_6573
    }

    mutating func hash(_ bytes: [UInt8]) -> UInt64 {
        var index = 0
        while index + 8 <= bytes.count {
            compress((0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[index + $1]) << (8 * UInt64($1)) })
            index += 8
        }
        var last = UInt64(bytes.count & 0xFF) << 56
        for (place, byte) in bytes[index...].enumerated() { last |= UInt64(byte) << (8 * UInt64(place)) }
        compress(last)
        v2 ^= 0xFF
        for _ in 0..<4 { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func compress(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    private mutating func round() {
        func rotate(_ x: UInt64, _ n: UInt64) -> UInt64 { x << n | x >> (64 - n) }
        v0 = v0 &+ v1
        v1 = rotate(v1, 13) ^ v0
        v0 = rotate(v0, 32)
        v2 = v2 &+ v3
        v3 = rotate(v3, 16) ^ v2
        v0 = v0 &+ v3
        v3 = rotate(v3, 21) ^ v0
        v2 = v2 &+ v1
        v1 = rotate(v1, 17) ^ v2
        v2 = rotate(v2, 32)
    }
}
