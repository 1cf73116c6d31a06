/// Widths, padding and wrapping in terminal columns.
extension String {
    /// Columns on a terminal: 2 for East Asian wide characters and emoji, 0 for lone combining marks.
    var columnCount: Int { reduce(0) { $0 + $1.columnCount } }

    func leftPadded(to width: Int, with filler: Character = " ") -> String {
        String(repeating: filler, count: max(0, width - columnCount)) + self
    }

    func rightPadded(to width: Int, with filler: Character = " ") -> String {
        self + String(repeating: filler, count: max(0, width - columnCount))
    }

    /// At most `width` columns; what was cut shows as "…".
    func truncated(to width: Int) -> String {
        guard columnCount > width else { return self }
        var result = ""
        var used = 0
        for character in self {
            let columns = character.columnCount
            if used + columns > width - 1 { break }
            result.append(character)
            used += columns
        }
        return width > 0 ? result + "…" : ""
    }

    /// Lines of at most `width` columns, broken at spaces; a longer word is broken where the line ends.
    func wrapped(to width: Int) -> [String] {
        let width = max(1, width)
        var lines: [String] = []
        for paragraph in split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            var used = 0
            for word in paragraph.split(whereSeparator: \.isWhitespace) {
                var rest = String(word)
                if used > 0, used + 1 + rest.columnCount > width {
                    lines.append(line)
                    (line, used) = ("", 0)
                }
                while rest.columnCount > width {
                    let head = rest.head(of: width)
                    lines.append(head)
                    rest.removeFirst(head.count)
                }
                if rest.isEmpty { continue }
                line += used > 0 ? " " + rest : rest
                used += rest.columnCount + (used > 0 ? 1 : 0)
            }
            // Nothing is left of a paragraph whose last word was broken to its end.
            if used > 0 || paragraph.allSatisfy(\.isWhitespace) { lines.append(line) }
        }
        return lines
    }

    var endingInNewline: String { hasSuffix("\n") ? self : self + "\n" }

    /// As a shell would need it.
    var shellQuoted: String {
        let isPlain =
            !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:@,+%".contains($0)) }
        return isPlain
            ? self
            : "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// As many characters as fit; at least one, so that a loop over a text ends.
    private func head(of width: Int) -> String {
        var result = ""
        var used = 0
        for character in self {
            used += character.columnCount
            if used > width, !result.isEmpty { break }
            result.append(character)
        }
        return result
    }
}

extension Character {
    fileprivate var columnCount: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        if scalar.value < 0x300 { return 1 }
        if scalar.properties.isEmojiPresentation || unicodeScalars.contains("\u{FE0F}") { return 2 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        // Unicode's East Asian Width W and F, as blocks.
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
