import PluginABI

/// Notes of one PT_NOTE segment: name size, text size, type, name, text, each padded.
enum ELFNotes {
    /// Texts of notes `Mneme` / `MNEME_NOTE_TYPE`, without the padding NULs.
    static func manifests(
        in segment: UnsafeRawBufferPointer, alignment: UInt64
    ) throws(ELFError) -> [String] {
        let notes = ELFBytes(bytes: segment)
        let padding: UInt64 = alignment == 8 ? 8 : 4
        func padded(_ size: UInt64) -> UInt64 { (size + padding - 1) & ~(padding - 1) }
        let name = Array(MNEME_NOTE_NAME.utf8) + [0]
        var texts: [String] = []
        var offset: UInt64 = 0
        while let nameSize: UInt32 = notes.read(offset), let textSize: UInt32 = notes.read(offset + 4),
            let type: UInt32 = notes.read(offset + 8)
        {
            let nameStart = offset + 12
            let textStart = nameStart + padded(UInt64(nameSize))
            guard notes.holds(nameStart, UInt64(nameSize)), notes.holds(textStart, UInt64(textSize)) else {
                break
            }
            if type == UInt32(MNEME_NOTE_TYPE),
                notes.slice(nameStart, UInt64(nameSize)).map({ $0.elementsEqual(name) }) == true
            {
                guard textSize <= UInt32(MNEME_MANIFEST_MAX_BYTES) else {
                    throw ELFError("the manifest has \(textSize) bytes; allowed: \(MNEME_MANIFEST_MAX_BYTES)")
                }
                let text =
                    notes.slice(textStart, UInt64(textSize)) ?? UnsafeRawBufferPointer(start: nil, count: 0)
                let end = (text.lastIndex { $0 != 0 } ?? -1) + 1
                guard let valid = String(validating: text[..<end], as: UTF8.self) else {
                    throw ELFError("the manifest isn't UTF-8")
                }
                texts.append(valid)
            }
            offset = textStart + padded(UInt64(textSize))
        }
        return texts
    }
}
