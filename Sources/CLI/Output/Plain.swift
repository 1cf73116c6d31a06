/// Memories are strangers' text: on a terminal an escape sequence in them could move the cursor, retitle the
/// window or hide a line.
enum Plain {
    /// `text` with line breaks and tabs kept and every other control character made visible.
    static func text(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
        return String(result)
    }

    /// On one line: line breaks and runs of spaces become one space.
    static func line(_ text: String) -> String {
        Plain.text(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F..<0xA0: true
        // Overrides of the writing direction: they make a line read as what it isn't.
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
