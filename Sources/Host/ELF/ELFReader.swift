/// Reads and judges one ELF file. Offsets and sizes are the file's word and are checked before use.
struct ELFReader {
    struct Segment {
        var type: UInt32
        /// 1 execute, 2 write, 4 read.
        var flags: UInt32
        var offset, address, fileSize, memorySize, alignment: UInt64
    }

    let file: ELFBytes
    private(set) var segments: [Segment] = []
    /// Offset and number of section headers; 0 = none.
    private(set) var sections: (offset: UInt64, count: UInt64) = (0, 0)

    private static let headerSize: UInt64 = 64
    private static let programHeaderSize: UInt64 = 56
    private static let sectionHeaderSize: UInt64 = 64

    #if arch(x86_64)
        private static let machine: (number: UInt16, name: String) = (62, "x86-64")
    #else
        private static let machine: (number: UInt16, name: String) = (183, "AArch64")
    #endif

    init(_ file: ELFBytes) throws(ELFError) {
        self.file = file
        try readHeader()
        try checkSegments()
    }

    func image() throws(ELFError) -> ELFImage {
        var image = ELFImage()
        var dynamic = try ELFDynamic(self)
        try dynamic.fill(&image)
        image.manifest = try manifestNote()
        image.hasExecutableStack = segments.contains { $0.type == Self.stack && $0.flags & 1 != 0 }
        image.hasWritableCode = segments.contains { $0.type == Self.load && $0.flags & 3 == 3 }
        return image
    }

    private mutating func readHeader() throws(ELFError) {
        guard file.count >= Self.headerSize else {
            throw ELFError("the file has \(file.count) bytes; an ELF header alone has 64")
        }
        guard file.bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else {
            let start = file.bytes.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
            throw ELFError("not an ELF file: it begins with \(start); allowed: 7f 45 4c 46")
        }
        guard file.bytes[4] == 2, file.bytes[5] == 1, file.bytes[6] == 1 else {
            throw ELFError(
                "class \(file.bytes[4]), byte order \(file.bytes[5]), version \(file.bytes[6]); "
                    + "allowed: 2, 1, 1 (64 bits, little-endian)")
        }
        let type: UInt16 = try need(16)
        guard type == 3 else {
            throw ELFError("type \(type); allowed: 3 (ET_DYN, a shared library)")
        }
        let machine: UInt16 = try need(18)
        guard machine == Self.machine.number else {
            throw ELFError(
                "built for machine \(machine); allowed: \(Self.machine.number) (\(Self.machine.name))")
        }
        try readProgramHeaders()
        try readSectionHeaders()
    }

    private mutating func readProgramHeaders() throws(ELFError) {
        let offset: UInt64 = try need(32)
        let size: UInt16 = try need(54)
        let count: UInt16 = try need(56)
        guard UInt64(size) == Self.programHeaderSize, count > 0, Int(count) <= ELFImage.maximumSegments else {
            throw ELFError(
                "\(count) program headers of \(size) bytes; allowed: 1 to \(ELFImage.maximumSegments) of 56")
        }
        guard file.holds(offset, UInt64(count) * Self.programHeaderSize) else {
            throw truncated("program headers", end: offset &+ UInt64(count) * Self.programHeaderSize)
        }
        for index in 0..<UInt64(count) {
            let start = offset + index * Self.programHeaderSize
            segments.append(
                Segment(
                    type: try need(start), flags: try need(start + 4), offset: try need(start + 8), address: try need(start + 16),
                    fileSize: try need(start + 32), memorySize: try need(start + 40),
                    alignment: try need(start + 48)))
        }
    }

    private mutating func readSectionHeaders() throws(ELFError) {
        let offset: UInt64 = try need(40)
        let size: UInt16 = try need(58)
        let count: UInt16 = try need(60)
        guard offset != 0 else { return }
        guard count == 0 || UInt64(size) == Self.sectionHeaderSize else {
            throw ELFError("section headers of \(size) bytes; allowed: 64")
        }
        guard file.holds(offset, UInt64(count) * Self.sectionHeaderSize) else {
            throw truncated("section headers", end: offset &+ UInt64(count) * Self.sectionHeaderSize)
        }
        sections = (offset, UInt64(count))
    }

    private func checkSegments() throws(ELFError) {
        var end: UInt64 = 0
        var loads = 0
        for segment in segments {
            guard file.holds(segment.offset, segment.fileSize) || segment.type == Self.stack else {
                throw truncated("a segment", end: segment.offset &+ segment.fileSize)
            }
            guard segment.type == Self.load else {
                if segment.type == Self.interpreter { throw ELFError("a program, not a library (PT_INTERP)") }
                continue
            }
            loads += 1
            // 47 bits: the user half of the address space.
            guard segment.memorySize >= segment.fileSize, segment.address < 1 << 47,
                segment.memorySize < 1 << 40, segment.address >= end
            else {
                throw ELFError(
                    "a loadable segment at \(hex(segment.address)) overlaps another or is too large")
            }
            let page: UInt64 = 4096
            guard segment.alignment <= 1 << 24, segment.alignment & (segment.alignment &- 1) == 0,
                segment.alignment == 0 || segment.alignment >= page,
                segment.offset % page == segment.address % page,
                segment.alignment == 0
                    || segment.offset % segment.alignment == segment.address % segment.alignment
            else { throw ELFError("a loadable segment at \(hex(segment.address)) isn't aligned") }
            end = segment.address + segment.memorySize
        }
        guard loads > 0 else { throw ELFError("nothing to load (no PT_LOAD)") }
    }

    /// The manifest, found by program headers; stripping leaves it.
    private func manifestNote() throws(ELFError) -> String? {
        var found: String?
        for segment in segments where segment.type == Self.note {
            guard let bytes = file.slice(segment.offset, segment.fileSize) else { continue }
            for text in try ELFNotes.manifests(in: bytes, alignment: segment.alignment) {
                guard found == nil else { throw ELFError("two manifests; allowed: one") }
                found = text
            }
        }
        return found
    }

    /// Where an address of the loaded library lies in the file; nil if it has no bytes there.
    func offset(of address: UInt64, length: UInt64 = 1) -> UInt64? {
        for segment in segments where segment.type == Self.load && address >= segment.address {
            let inside = address - segment.address
            if inside <= segment.fileSize, length <= segment.fileSize - inside {
                return segment.offset + inside
            }
        }
        return nil
    }

    /// True if [address, address + length) is memory of the loaded library, zero-filled parts included.
    func isMapped(_ address: UInt64, _ length: UInt64) -> Bool {
        segments.contains { segment in
            guard segment.type == Self.load, address >= segment.address else { return false }
            let inside = address - segment.address
            return inside <= segment.memorySize && length <= segment.memorySize - inside
        }
    }

    func truncated(_ what: String, end: UInt64) -> ELFError {
        ELFError("truncated: \(what) would end at byte \(end), the file ends at \(file.count)")
    }

    private func need<Number: FixedWidthInteger>(_ offset: UInt64) throws(ELFError) -> Number {
        guard let number = file.read(offset, as: Number.self) else {
            throw truncated("a header", end: offset)
        }
        return number
    }

    private func hex(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }

    static let load: UInt32 = 1
    static let dynamic: UInt32 = 2
    static let interpreter: UInt32 = 3
    static let note: UInt32 = 4
    static let stack: UInt32 = 0x6474_E551
}
