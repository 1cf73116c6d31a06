import Host

// Files that people and strangers write.

func fuzzPluginsFile(_ input: UnsafeRawBufferPointer) {
    _ = try? PluginsFile.read(bytes: Array(input), path: "/fuzz/plugins.json")
}

/// A manifest, a zero byte, and the options that a plugins.json would set for it.
func fuzzManifest(_ input: UnsafeRawBufferPointer) {
    let halves = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    readManifest(
        String(decoding: halves[0], as: UTF8.self), options: halves.count > 1 ? Array(halves[1]) : [])
}

/// As `LibraryFile` does before any of a library's code runs.
func fuzzLibrary(_ input: UnsafeRawBufferPointer) {
    guard let image = try? ELFImage.read(Array(input)), let text = image.manifest else { return }
    readManifest(text, options: [])
}

private func readManifest(_ text: String, options: [UInt8]) {
    do throws(ManifestError) {
        let manifest = try Manifest.read(text)
        for option in manifest.options { _ = option.summary }
        guard case .object(let members)? = try? JSONReader.read(options).value else { return }
        _ = try manifest.values(for: members, scorer: "fuzzed")
    } catch {
        _ = error.message
    }
}
