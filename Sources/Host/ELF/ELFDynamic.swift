/// The dynamic section: what the loader will follow, and the symbols.
struct ELFDynamic {
    private let reader: ELFReader
    private var entries: [UInt64: UInt64] = [:]
    private var neededOffsets: [UInt64] = []
    private var strings: (offset: UInt64, end: UInt64) = (0, 0)
    /// Bytes of names that may still be read. Names may overlap, so a few kilobytes could otherwise fill all memory:
    /// linkers share the ends of names, which never doubles the file.
    private var nameBytesLeft: UInt64

    /// DT_* numbers.
    private enum Tag {
        static let needed: UInt64 = 1, hash: UInt64 = 4, stringTable: UInt64 = 5, symbolTable: UInt64 = 6
        static let rela: UInt64 = 7, relaSize: UInt64 = 8, stringSize: UInt64 = 10, symbolSize: UInt64 = 11
        static let initializer: UInt64 = 12, finalizer: UInt64 = 13
        static let soname: UInt64 = 14, rpath: UInt64 = 15, pltSize: UInt64 = 2, pltRel: UInt64 = 23
        static let initArray: UInt64 = 25, finiArray: UInt64 = 26, initSize: UInt64 = 27,
            finiSize: UInt64 = 28
        static let runpath: UInt64 = 29, gnuHash: UInt64 = 0x6FFF_FEF5, flags1: UInt64 = 0x6FFF_FFFB
        static let textRelocations: UInt64 = 22, flags: UInt64 = 30
        static let relr: UInt64 = 36, relrSize: UInt64 = 35
        static let versionSymbols: UInt64 = 0x6FFF_FFF0, versionNeed: UInt64 = 0x6FFF_FFFE
        static let versionDefinition: UInt64 = 0x6FFF_FFFC
    }

    init(_ reader: ELFReader) throws(ELFError) {
        self.reader = reader
        nameBytesLeft = 2 * reader.file.count
        let segments = reader.segments.filter { $0.type == ELFReader.dynamic }
        guard segments.count == 1, let segment = segments.first else {
            throw ELFError("\(segments.count) dynamic sections; a shared library has one")
        }
        try readEntries(segment)
        try checkTables()
    }

    private mutating func readEntries(_ segment: ELFReader.Segment) throws(ELFError) {
        guard let start = reader.offset(of: segment.address, length: segment.fileSize) else {
            throw ELFError("the dynamic section lies outside the loaded segments")
        }
        let count = segment.fileSize / 16
        for index in 0..<count {
            guard let tag: UInt64 = reader.file.read(start + index * 16),
                let value: UInt64 = reader.file.read(start + index * 16 + 8)
            else { break }
            if tag == 0 { return }
            if tag == Tag.needed { neededOffsets.append(value) } else { entries[tag] = value }
        }
        throw ELFError("the dynamic section has no end mark")
    }

    /// Everything that the loader will follow lies inside the library.
    private mutating func checkTables() throws(ELFError) {
        guard let table = entries[Tag.stringTable], let size = entries[Tag.stringSize],
            let offset = reader.offset(of: table, length: size), let symbols = entries[Tag.symbolTable],
            reader.offset(of: symbols, length: 24) != nil
        else { throw ELFError("string or symbol table outside the loaded segments") }
        strings = (offset, offset + size)
        guard entries[Tag.symbolSize] ?? 24 == 24 else {
            throw ELFError("symbols of \(entries[Tag.symbolSize] ?? 0) bytes; allowed: 24")
        }
        let sized = [
            (Tag.rela, Tag.relaSize, "relocations"), (Tag.pltRel, Tag.pltSize, "PLT relocations"),
            (Tag.relr, Tag.relrSize, "relative relocations"), (Tag.initArray, Tag.initSize, "constructors"),
            (Tag.finiArray, Tag.finiSize, "destructors"),
        ]
        for (address, size, name) in sized {
            guard let start = entries[address] else { continue }
            guard reader.isMapped(start, entries[size] ?? 0) else {
                throw ELFError("\(name) outside the loaded segments")
            }
        }
        let plain = [
            (Tag.hash, "hash table"), (Tag.gnuHash, "hash table"), (Tag.initializer, "constructor"),
            (Tag.finalizer, "destructor"), (Tag.versionSymbols, "symbol versions"),
            (Tag.versionNeed, "needed versions"), (Tag.versionDefinition, "defined versions"),
        ]
        for (address, name) in plain {
            guard let start = entries[address] else { continue }
            guard reader.offset(of: start, length: 4) != nil else {
                throw ELFError("\(name) outside the loaded segments")
            }
        }
        // DF_1_PIE: dlopen refuses programs, but only after mapping them.
        if let flags = entries[Tag.flags1], flags & 0x0800_0000 != 0 {
            throw ELFError("a program, not a library (DF_1_PIE)")
        }
    }

    mutating func fill(_ image: inout ELFImage) throws(ELFError) {
        for offset in neededOffsets { image.needed.append(try string(offset, "a needed library")) }
        if let offset = entries[Tag.soname] { image.soname = try string(offset, "the SONAME") }
        for tag in [Tag.rpath, Tag.runpath] {
            guard let offset = entries[tag] else { continue }
            image.runPath += try string(offset, "the run path").split(separator: ":").map(String.init)
        }
        // DF_TEXTREL 4, DF_STATIC_TLS 16.
        let flags = entries[Tag.flags] ?? 0
        image.hasTextRelocations = entries[Tag.textRelocations] != nil || flags & 4 != 0
        image.hasStaticTLS = flags & 16 != 0
        try readSymbols(&image)
    }

    private mutating func string(_ offset: UInt64, _ what: String) throws(ELFError) -> String {
        guard offset < strings.end - strings.offset,
            let text = reader.file.text(strings.offset + offset, before: strings.end)
        else { throw ELFError("\(what) lies outside the string table") }
        let count = UInt64(text.utf8.count)
        guard count <= nameBytesLeft else { throw ELFError("its names are together more than twice as long as the file") }
        nameBytesLeft -= count
        return text
    }

    private static let linkerNames: Set = ["_init", "_fini", "_edata", "_end", "__bss_start", "_start"]

    private mutating func readSymbols(_ image: inout ELFImage) throws(ELFError) {
        // Force-free: checked in `checkTables`.
        guard let table = entries[Tag.symbolTable], let start = reader.offset(of: table) else { return }
        let count = try symbolCount()
        guard reader.offset(of: table, length: count * 24) != nil else {
            throw ELFError("\(count) symbols don't fit into their segment")
        }
        for index in 1..<max(count, 1) {
            let entry = start + index * 24
            guard let name: UInt32 = reader.file.read(entry), let info: UInt8 = reader.file.read(entry + 4),
                let section: UInt16 = reader.file.read(entry + 6)
            else { continue }
            let binding = info >> 4
            let type = info & 15
            // Undefined symbols are other libraries' business.
            guard section != 0, binding != 0 else { continue }
            let text = try string(UInt64(name), "a symbol's name")
            // 10: STB_GNU_UNIQUE. Types 1 and 2: object, function; 10: indirect function.
            if binding == 10 { image.uniqueSymbols.append(text) }
            if type == 1 || type == 2 || type == 10, !Self.linkerNames.contains(text) {
                image.exports.append(text)
            }
        }
    }

    /// No entry says how many symbols there are; either hash table does.
    private func symbolCount() throws(ELFError) -> UInt64 {
        let limit = reader.file.count / 24
        if let table = entries[Tag.hash], let offset = reader.offset(of: table, length: 8),
            let chains: UInt32 = reader.file.read(offset + 4)
        {
            guard UInt64(chains) <= limit else {
                throw ELFError("\(chains) symbols in \(reader.file.count) bytes")
            }
            return UInt64(chains)
        }
        guard let table = entries[Tag.gnuHash] else { throw ELFError("no symbol hash table") }
        return try symbolCount(gnuHash: table, limit: limit)
    }

    /// The highest chain of the GNU hash table, followed to its end mark.
    private func symbolCount(gnuHash table: UInt64, limit: UInt64) throws(ELFError) -> UInt64 {
        let broken = ELFError("the symbol hash table runs out of its segment")
        guard let offset = reader.offset(of: table, length: 16),
            let buckets: UInt32 = reader.file.read(offset), let first: UInt32 = reader.file.read(offset + 4),
            let blooms: UInt32 = reader.file.read(offset + 8),
            UInt64(buckets) <= reader.file.count / 4, UInt64(blooms) <= reader.file.count / 8
        else { throw broken }
        let bucketStart = table + 16 + UInt64(blooms) * 8
        guard let bucketOffset = reader.offset(of: bucketStart, length: UInt64(buckets) * 4) else {
            throw broken
        }
        var last: UInt32 = 0
        for index in 0..<UInt64(buckets) {
            last = max(last, reader.file.read(bucketOffset + index * 4) ?? 0)
        }
        guard last >= first else { return UInt64(first) <= limit ? UInt64(first) : limit }
        let chains = bucketStart + UInt64(buckets) * 4
        var index = UInt64(last)
        while index < limit {
            guard let at = reader.offset(of: chains + (index - UInt64(first)) * 4, length: 4),
                let hash: UInt32 = reader.file.read(at)
            else { throw broken }
            index += 1
            if hash & 1 == 1 { return index }
        }
        throw broken
    }
}
