extension PluginsFile {
    /// The text of a plugins.json with some of its files replaced by copies: everything else stays as it was written.
    ///
    /// - Parameters:
    ///   - text: valid; relative paths in it mean the folder of `path`.
    ///   - copies: path of the copy and its SHA-256, by the path that the file resolves to.
    package static func repointed(
        _ text: String, path: String, copies: [String: (path: String, sha256: String)]
    ) throws(PluginsFileError) -> String {
        let bytes = Array(text.utf8)
        let settings = try read(bytes: bytes, path: path)
        let locator = LibraryLocator(settings)
        var edits: [(start: Int, end: Int, new: String)] = []
        func edit(_ file: PinnedFile, _ places: [String]) {
            guard let copy = places.lazy.compactMap({ copies[$0] }).first, let start = offset(of: file.pathPosition, in: bytes)
            else { return }
            let end = endOfString(bytes, from: start)
            let new =
                file.isBare
                ? "{ \"path\": \(quoted(copy.path)), \"sha256\": \"\(copy.sha256)\" }" : quoted(copy.path)
            edits.append((start, end, new))
        }
        for scorer in settings.scorers {
            edit(scorer.library, locator.candidates(scorer.library.path))
            for asset in scorer.assets.values { edit(asset, [Path.resolve(asset.path, in: settings.folder)]) }
        }
        if let gate = settings.combiner.gate { edit(gate.weights, [Path.resolve(gate.weights.path, in: settings.folder)]) }
        var result = bytes
        // From the end, so that earlier offsets stay right.
        for edit in edits.sorted(by: { $0.start > $1.start }) { result.replaceSubrange(edit.start..<edit.end, with: edit.new.utf8) }
        return String(decoding: result, as: UTF8.self)
    }

    /// Columns count characters: bytes that continue one don't count.
    private static func offset(of place: TextPosition, in bytes: [UInt8]) -> Int? {
        var (line, column) = (1, 0)
        for (index, byte) in bytes.enumerated() {
            if byte & 0xC0 != 0x80 { column += 1 }
            if line == place.line && column == place.column { return byte == 0x22 ? index : nil }
            if byte == 0x0A { (line, column) = (line + 1, 0) }
        }
        return nil
    }

    /// Behind the closing quote.
    private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != 0x22 { index += bytes[index] == 0x5C ? 2 : 1 }
        return min(index + 1, bytes.count)
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20: quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
