import Wire

/// Reads `foreign` of an entry of plugins.json.
struct ForeignReader {
    private enum Call: String, CaseIterable {
        case perRow = "per-row"
        case batch
    }
    private enum Returns: String, CaseIterable {
        case void, f32, f64, i32
    }

    private let fields: FieldReader
    private let sink: ComplaintSink
    private var setting = ForeignSetting()
    private var goldenFile: PinnedFile?

    struct Entry {
        let setting: ForeignSetting
        let library: PinnedFile
        /// nil = the records stand in the setting.
        let goldenFile: PinnedFile?
    }

    init(_ fields: FieldReader, _ sink: ComplaintSink) {
        self.fields = fields
        self.sink = sink
    }

    /// nil (with complaints) if it can't be used.
    mutating func read() -> Entry? {
        let path = fields.string("path", required: true, allowed: "a path")
        let hash = fields.string("sha256", required: true, allowed: "64 hexadecimal digits in lower case")
        if let hash, !SHA256.isHexadecimal(hash), let node = fields.node("sha256") {
            fields.complain(
                "sha256", node, allowed: "64 hexadecimal digits in lower case (mneme plugin info prints them)"
            )
        }
        readSymbol()
        let call: Call? = fields.choice("call", required: true)
        setting.signature.isBatch = call == .batch
        readReturns(call)
        if let call { readArguments(isBatch: call == .batch) }
        if let scale: Manifest.Scale = fields.choice("scale", required: true) { setting.scale = scale }
        // Without arguments no row can be judged.
        if !setting.columns.isEmpty { readGolden() } else { _ = fields.required("golden") }
        fields.finish()
        guard let path, let place = fields.node("path")?.position else { return nil }
        let library = PinnedFile(path: path, sha256: hash, position: fields.position, pathPosition: place)
        return Entry(setting: setting, library: library, goldenFile: goldenFile)
    }

    private mutating func readSymbol() {
        guard let symbol = fields.string("symbol", required: true) else { return }
        let isName = symbol.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                || byte == 0x5F
        }
        let startsWithDigit = symbol.utf8.first.map { (0x30...0x39).contains($0) } ?? false
        if !isName || startsWithDigit || symbol.utf8.count > 255, let node = fields.node("symbol") {
            fields.complain("symbol", node, allowed: "the name of a C function")
        }
        setting.signature.symbol = symbol
    }

    private mutating func readReturns(_ call: Call?) {
        guard let returns: Returns = fields.choice("returns", required: true) else { return }
        let results: [Returns: ForeignOrder.Result] = [.void: .void, .f32: .f32, .f64: .f64, .i32: .i32]
        setting.signature.result = results[returns] ?? .void
        if call == .perRow, returns == .void, let node = fields.node("returns") {
            fields.complain(
                "returns", node,
                allowed: "\"f32\", \"f64\", \"i32\" (a per-row call answers by what it returns)")
        }
    }

    private mutating func readArguments(isBatch: Bool) {
        guard let node = fields.required("arguments") else { return }
        let nodes = fields.array("arguments", allowed: "a list of arguments") ?? []
        if nodes.count > ForeignOrder.maximumArguments {
            fields.complain("arguments", node, allowed: "at most \(ForeignOrder.maximumArguments) arguments")
        }
        for (index, item) in nodes.enumerated() {
            let path = "\(fields.name("arguments"))[\(index)]"
            guard let inner = FieldReader(item, path: path, sink: sink) else { continue }
            var reader = ForeignArgumentReader(inner, item, isBatch: isBatch)
            if let argument = reader.read(&setting.columns) { setting.signature.arguments.append(argument) }
            inner.finish()
        }
        setting.signature.columnCount = setting.columns.count
        // Mistakes in single arguments are named already.
        if setting.signature.arguments.count == nodes.count { judge(node, isBatch: isBatch) }
    }

    /// What only all arguments together can get wrong.
    private func judge(_ node: JSONNode, isBatch: Bool) {
        let arguments = setting.signature.arguments
        guard isBatch else {
            if setting.columns.isEmpty {
                fields.complain("arguments", node, allowed: "at least one \"column\"")
            }
            return
        }
        var widths: [Int] = []
        var outputs = 0
        var asksForWidth = false
        for argument in arguments {
            switch argument {
            case .rows(_, let columns): widths.append(columns.count)
            case .output: outputs += 1
            case .count(_, .columns): asksForWidth = true
            case .constant, .column, .count(_, .rows): break
            }
        }
        if widths.isEmpty { fields.complain("arguments", node, allowed: "at least one \"rows\"") }
        if outputs != 1 {
            fields.complain("arguments", node, allowed: "exactly one \"output\", found \(outputs)")
        }
        if asksForWidth, Set(widths).count > 1 {
            fields.complain(
                "arguments", node, allowed: "\"column-count\" only where every \"rows\" has as many columns")
        }
    }

    private mutating func readGolden() {
        guard let node = fields.required("golden") else { return }
        switch node.value {
        case .array(let items):
            if items.isEmpty { fields.complain("golden", node, allowed: "at least one record") }
            let reader = GoldenRowReader(columns: setting.columns, sink: sink)
            setting.golden = .records(reader.read(items, path: fields.name("golden")))
        case .object:
            guard let inner = fields.object("golden") else { return }
            let path = inner.string("path", required: true, allowed: "a path")
            let hash = inner.string("sha256", allowed: "64 hexadecimal digits in lower case")
            if let hash, !SHA256.isHexadecimal(hash), let node = inner.node("sha256") {
                inner.complain("sha256", node, allowed: "64 hexadecimal digits in lower case")
            }
            let place = inner.node("path")?.position ?? node.position
            inner.finish()
            setting.golden = .asset
            goldenFile = path.map {
                PinnedFile(path: $0, sha256: hash, position: node.position, pathPosition: place)
            }
        default:
            fields.complain("golden", node, allowed: "a list of records, or { \"path\", \"sha256\" }")
        }
    }
}
