import Wire

/// A scorer that is a plain C function of a library which knows nothing of Mneme, declared by its signature.
package struct ForeignSetting: Sendable {
    /// Columns that the arguments name, in order of first mention: what the worker is sent.
    package var columns: [String] = []
    package var scale = Manifest.Scale.rankOnly
    package var golden = Golden.records([])
    /// Complete but for path, id and version, which come with the library's bytes.
    var signature = ForeignOrder()

    package var symbol: String { signature.symbol }

    package enum Golden: Sendable {
        case records([GoldenRow])
        /// A file of their own: an asset, so that it is pinned, watched and kept as every other.
        case asset
    }
    static let goldenAsset = "golden"
    private static let goldenBytes = 16 << 20

    func order(path: String, _ manifest: Manifest) -> ForeignOrder {
        var order = signature
        order.path = path
        order.id = manifest.id
        order.version = manifest.version
        return order
    }

    /// What the library would say of itself if it were a plugin.
    func manifest(id: String, hash: String) -> Manifest {
        var manifest = Manifest()
        manifest.id = id
        manifest.version = String(hash.prefix(12))
        manifest.abiMajor = 1
        manifest.toolchain = ("c", "")
        manifest.scope = .row
        // Believed until a golden record or the load gate says otherwise.
        manifest.isDeterministic = true
        manifest.rowColumns = columns.map { Manifest.Column(name: $0, isRequired: true, isMonotone: false) }
        manifest.heads = [
            Manifest.Head(name: "relevance", over: .candidate, scale: scale, isCalibrated: false)
        ]
        if case .asset = golden {
            manifest.assets = [
                Manifest.AssetSlot(
                    name: Self.goldenAsset, format: "golden records, JSON", isRequired: true,
                    maxBytes: Self.goldenBytes)
            ]
        }
        return manifest
    }
}

/// One row whose score is known.
package struct GoldenRow: Sendable, Equatable {
    /// As in the file: golden[1].
    package var name: String
    /// One per column of the setting, in its order.
    package var values: [Float]
    package var score: Double
    /// Relative; of a score of 0 absolute.
    package var tolerance = GoldenRow.standardTolerance

    /// Ten times what rounding to f32 costs.
    package static let standardTolerance = 1e-6

    /// Scores cross as f32, so the expected one is rounded alike.
    package func holds(_ value: Float) -> Bool {
        let expected = Double(Float(score))
        return abs(Double(value) - expected) <= tolerance * (expected == 0 ? 1 : abs(expected))
    }
}
