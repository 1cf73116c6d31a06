/// What the host must know of a library before any of its code runs. Every offset is checked against the
/// file's length: a truncated library is a bus error inside `dlopen` (abi-decisions 8).
package struct ELFImage: Sendable {
    package private(set) var noteText: String?
    package private(set) var soname: String?
    package private(set) var needed: [String] = []
    /// Defined STB_GNU_UNIQUE symbols: two builds of such a library share their data (DESIGN §4).
    package private(set) var uniqueSymbols: [String] = []
    /// Defined global functions and objects, less the linker's own.
    package private(set) var exports: [String] = []
    /// The library asks for an executable stack or carries text relocations.
    package private(set) var hasTextRelocations = false

    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) throws(HostError) {
        self.bytes = bytes
        guard bytes.count >= 64, bytes[0..<4].elementsEqual([0x7F, 0x45, 0x4C, 0x46]) else {
            throw HostError(.elf, "is not an ELF file (\(bytes.count) bytes)")
        }
        guard bytes[4] == 2, bytes[5] == 1 else { throw HostError(.elf, "is not a 64-bit little-endian library") }
        let type = try u16(16)
        guard type == 3 else { throw HostError(.elf, "has ELF type \(type); a shared library has 3") }
        let machine = try u16(18)
        #if arch(x86_64)
            let (own, name) = (62, "x86-64")
        #else
            let (own, name) = (183, "AArch64")
        #endif
        guard machine == own else { throw HostError(.elf, "is built for machine \(machine); this host is \(name) (\(own))") }
        try readSections()
        try readSegments()
    }

    private struct Segment { var type, offset, address, fileSize: Int }

    private mutating func readSections() throws(HostError) {
        let (offset, size, count) = (try int(40), Int(try u16(58)), Int(try u16(60)))
        if count > 0, offset < 0 || size < 64 || offset > bytes.count - size * count {
            throw HostError(.elf, "is truncated: its section table ends at byte \(offset &+ size &* count) of \(bytes.count)")
        }
    }

    private mutating func readSegments() throws(HostError) {
        let (offset, size, count) = (try int(32), Int(try u16(54)), Int(try u16(56)))
        guard size >= 56, count > 0, offset >= 0, offset <= bytes.count - size * count else {
            throw HostError(.elf, "has no program headers inside its \(bytes.count) bytes")
        }
        var segments: [Segment] = []
        for index in 0..<count {
            let at = offset + index * size
            let segment = Segment(type: Int(try u32(at)), offset: try int(at + 8), address: try int(at + 16), fileSize: try int(at + 32))
            if segment.offset < 0 || segment.fileSize < 0 || segment.offset > bytes.count || segment.fileSize > bytes.count - segment.offset {
                throw HostError(.elf, "is truncated: segment \(index) needs byte \(segment.offset &+ segment.fileSize) of \(bytes.count)")
            }
            segments.append(segment)
        }
        for segment in segments where segment.type == 4 { try readNotes(segment) }
        for segment in segments where segment.type == 2 { try readDynamic(segment, segments) }
    }

    private mutating func readNotes(_ segment: Segment) throws(HostError) {
        var at = segment.offset
        let end = segment.offset + segment.fileSize
        while at + 12 <= end {
            let (nameSize, textSize, type) = (Int(try u32(at)), Int(try u32(at + 4)), try u32(at + 8))
            let name = at + 12
            let text = name + (nameSize + 3) / 4 * 4
            guard nameSize <= end, textSize <= end, text <= end, textSize <= end - text else {
                throw HostError(.elf, "has a damaged note at byte \(at)")
            }
            if type == 0x4D4E_0001, bytes[name..<(name + nameSize)].elementsEqual("Mneme\0".utf8) {
                if textSize > 65536 { throw HostError(.manifest, "is \(textSize) bytes; at most 65536 are allowed") }
                let body = bytes[text..<(text + textSize)]
                let length = (body.lastIndex { $0 != 0 }).map { $0 - body.startIndex + 1 } ?? 0
                guard let valid = String(validating: body.prefix(length), as: UTF8.self) else {
                    throw HostError(.manifest, "is not valid UTF-8")
                }
                noteText = valid
            }
            at = text + (textSize + 3) / 4 * 4
        }
    }

    private mutating func readDynamic(_ dynamic: Segment, _ segments: [Segment]) throws(HostError) {
        func fileOffset(_ address: Int) -> Int? {
            for s in segments where s.type == 1 && address >= s.address && address < s.address &+ s.fileSize {
                return s.offset + (address - s.address)
            }
            return nil
        }
        var (strings, symbols, hash) = (0, 0, 0)
        var neededOffsets: [Int] = []
        var sonameOffset: Int?
        var at = dynamic.offset
        while at + 16 <= dynamic.offset + dynamic.fileSize {
            let (tag, value) = (try int(at), try int(at + 8))
            switch tag {
            case 0: at = dynamic.offset + dynamic.fileSize
            case 1: neededOffsets.append(value)
            case 5: strings = fileOffset(value) ?? 0
            case 6: symbols = fileOffset(value) ?? 0
            case 14: sonameOffset = value
            case 22: hasTextRelocations = true
            case 0x6FFF_FEF5: hash = fileOffset(value) ?? 0
            default: break
            }
            at += 16
        }
        guard strings > 0 else { return }
        needed = try neededOffsets.map { offset throws(HostError) in try string(strings &+ offset) }
        soname = try sonameOffset.map { offset throws(HostError) in try string(strings &+ offset) }
        if symbols > 0, hash > 0 { try readSymbols(symbols, strings, count: try symbolCount(hash)) }
    }

    /// Number of dynamic symbols, from the GNU hash table: the last chain ends with an odd entry.
    private func symbolCount(_ hash: Int) throws(HostError) -> Int {
        let (buckets, first, bloom) = (Int(try u32(hash)), Int(try u32(hash + 4)), Int(try u32(hash + 8)))
        guard buckets <= 1 << 20, bloom <= 1 << 20, first <= 1 << 24 else { throw HostError(.elf, "has a damaged symbol hash table") }
        let bucketStart = hash + 16 + bloom * 8
        var last = 0
        for index in 0..<buckets { last = max(last, Int(try u32(bucketStart + 4 * index))) }
        guard last >= first else { return first }
        var entry = bucketStart + 4 * buckets + 4 * (last - first)
        while try u32(entry) & 1 == 0 {
            entry += 4
            last += 1
        }
        return last + 1
    }

    private mutating func readSymbols(_ symbols: Int, _ strings: Int, count: Int) throws(HostError) {
        let linkers: Set<String> = ["__bss_start", "_edata", "_end", "_init", "_fini"]
        for index in 0..<count {
            let at = symbols + 24 * index
            let info = try u8(at + 4)
            let section = try u16(at + 6)
            guard section != 0 else { continue }
            let name = try string(strings &+ Int(try u32(at)))
            switch info >> 4 {
            case 10: uniqueSymbols.append(name)
            case 1, 2: if (info & 15 == 1 || info & 15 == 2), !linkers.contains(name) { exports.append(name) }
            default: break
            }
        }
    }

    private func u8(_ at: Int) throws(HostError) -> UInt8 {
        guard at >= 0, at < bytes.count else { throw HostError(.elf, "is truncated or damaged: byte \(at) of \(bytes.count) is needed") }
        return bytes[at]
    }

    private func u16(_ at: Int) throws(HostError) -> UInt16 { UInt16(try u8(at)) | UInt16(try u8(at + 1)) << 8 }

    private func u32(_ at: Int) throws(HostError) -> UInt32 { UInt32(try u16(at)) | UInt32(try u16(at + 2)) << 16 }

    /// 64 bits that must fit an offset; larger values are damage.
    private func int(_ at: Int) throws(HostError) -> Int {
        let value = UInt64(try u32(at)) | UInt64(try u32(at + 4)) << 32
        // Dynamic tags use the high range (0x6FFF…); offsets beyond 2^62 are damage and fail later checks.
        return Int(truncatingIfNeeded: value)
    }

    private func string(_ at: Int) throws(HostError) -> String {
        guard at >= 0, at < bytes.count, let end = bytes[at...].firstIndex(of: 0) else {
            throw HostError(.elf, "has a name outside its \(bytes.count) bytes")
        }
        return String(decoding: bytes[at..<end], as: UTF8.self)
    }
}
