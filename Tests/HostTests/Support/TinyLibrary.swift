/// The smallest library that the ELF reader accepts: one loadable segment, a dynamic section, symbols that share a name.
enum TinyLibrary {
    static func bytes(symbols: Int, nameBytes: Int) -> [UInt8] {
        let dynamicAt = 64 + 2 * 56
        let namesAt = dynamicAt + 6 * 16
        let symbolsAt = (namesAt + nameBytes + 2 + 7) & ~7
        let hashAt = symbolsAt + symbols * 24
        let end = hashAt + 8
        var out: [UInt8] = []
        func put(_ value: Int, _ count: Int) {
            for shift in 0..<count { out.append(UInt8(value >> (8 * shift) & 0xFF)) }
        }
        out += [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        #if arch(x86_64)
            let machine = 62
        #else
            let machine = 183
        #endif
        for (value, size) in [
            (3, 2), (machine, 2), (1, 4), (0, 8), (64, 8), (0, 8), (0, 4), (64, 2), (56, 2), (2, 2), (64, 2),
            (0, 2), (0, 2),
        ] {
            put(value, size)
        }
        for (type, start, size, alignment) in [(1, 0, end, 4096), (2, dynamicAt, 6 * 16, 8)] {
            put(type, 4)
            put(4, 4)
            for value in [start, start, start, size, size, alignment] { put(value, 8) }
        }
        for (tag, value) in [
            (5, namesAt), (10, nameBytes + 2), (6, symbolsAt), (11, 24), (4, hashAt), (0, 0),
        ] {
            put(tag, 8)
            put(value, 8)
        }
        out += [0] + [UInt8](repeating: UInt8(ascii: "n"), count: nameBytes) + [0]
        out += [UInt8](repeating: 0, count: symbolsAt - out.count)
        for index in 0..<symbols {
            // A global function in section 1; the first symbol is always empty.
            for (value, size) in [(index == 0 ? 0 : 1, 4), (0x12, 1), (0, 1), (1, 2), (0, 8), (0, 8)] {
                put(value, size)
            }
        }
        put(1, 4)
        put(symbols, 4)
        return out
    }
}
