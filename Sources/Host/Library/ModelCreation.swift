import PluginABI
import Synchronization

/// An asset, in memory for as long as its model lives.
struct AssetBytes: Sendable {
    var name: String
    var bytes: [UInt8]
}

/// Options in the manifest's order: defaults filled in, types and ranges checked.
struct OptionValues: Sendable {
    var values: [(kind: Int, number: Double, text: String)] = []

    init(manifest: Manifest, given: [(name: String, value: LocatedJSON)]) throws(HostError) {
        let known = manifest.options.map(\.name)
        for option in given where !known.contains(option.name) {
            throw HostError(.options, "has no option \"\(option.name)\" (\(option.value.place)); allowed: \(known.isEmpty ? "none" : known.joined(separator: ", "))")
        }
        for option in manifest.options {
            let value = given.first { $0.name == option.name }?.value
            values.append(try Self.resolve(option, value))
        }
    }

    private static func resolve(_ option: Manifest.Option, _ value: LocatedJSON?) throws(HostError) -> (kind: Int, number: Double, text: String) {
        func wrong(_ allowed: String) -> HostError {
            HostError(.options, "option \"\(option.name)\" is \(value?.description ?? "missing") (\(value.map { $0.place.description } ?? "default")); allowed: \(allowed)")
        }
        switch option.kind {
        case .number, .integer:
            var number = 0.0
            if case .number(let fallback) = option.default { number = fallback }
            let range = "\(option.minimum.map { "\($0)" } ?? "−∞") to \(option.maximum.map { "\($0)" } ?? "∞")"
            if let value {
                guard case .number(let given, let isInteger) = value.kind, isInteger || option.kind == .number else {
                    throw wrong(option.kind == .number ? "a number, \(range)" : "a whole number, \(range)")
                }
                number = given
            }
            if number < option.minimum ?? -.infinity || number > option.maximum ?? .infinity { throw wrong(range) }
            return (option.kind == .number ? MNEME_OPTION_NUMBER : MNEME_OPTION_INTEGER, number, "")
        case .bool:
            var number = 0.0
            if case .number(let fallback) = option.default { number = fallback }
            if let value {
                guard case .bool(let given) = value.kind else { throw wrong("true or false") }
                number = given ? 1 : 0
            }
            return (MNEME_OPTION_BOOL, number, "")
        case .string, .enum:
            var text = ""
            if case .text(let fallback) = option.default { text = fallback }
            if let value {
                guard case .string(let given) = value.kind else { throw wrong("a string") }
                text = given
            }
            if option.kind == .enum, !option.values.contains(text) { throw wrong(option.values.joined(separator: ", ")) }
            return (MNEME_OPTION_TEXT, 0, text)
        }
    }
}

/// Calls `create` with everything laid out as the header says.
enum ModelCreation {
    /// What a model may look at until `destroy`: the host table and its assets.
    private final class Lifelong: @unchecked Sendable {
        // @unchecked Sendable: written before `create`, read-only afterwards.
        let host = UnsafeMutableRawPointer.allocate(byteCount: CallSlot.slotBytes, alignment: 64)
        var assets: [UnsafeMutableRawPointer] = []
        init() { host.initializeMemory(as: UInt8.self, repeating: 0, count: CallSlot.slotBytes) }
    }

    /// Never freed: a hung model may still look at them, and there are as many as models.
    private static let kept = Mutex<[Lifelong]>([])

    static func create(
        scorer: PluginsFile.Scorer, manifest: Manifest, columns: [String], options: OptionValues, assets: [AssetBytes],
        library: LoadedLibrary, sha256: String, rowsPerCall: Int
    ) throws(HostError) -> ScorerModel {
        let lifelong = Lifelong()
        let host = lifelong.host.assumingMemoryBound(to: mneme_host.self)
        host.pointee.struct_size = UInt32(MemoryLayout<mneme_host>.size)
        host.pointee.log = { _, level, text, bytes in
            guard level >= MNEME_LOG_WARNING, let text else { return }
            let message = UnsafeRawBufferPointer(start: text, count: Int(min(bytes, 4096)))
            HostLog.write("plugin: \(String(decoding: message, as: UTF8.self))")
        }
        var strings: [UnsafeMutablePointer<CChar>] = []
        defer { for string in strings { string.deallocate() } }
        func terminated(_ text: String) -> UnsafePointer<CChar> {
            let bytes = Array(text.utf8CString)
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            copy.initialize(from: bytes, count: bytes.count)
            strings.append(copy)
            return UnsafePointer(copy)
        }
        let optionStructs = options.values.map {
            mneme_option(struct_size: UInt32(MemoryLayout<mneme_option>.size), kind: UInt32($0.kind), number: $0.number, text: terminated($0.text))
        }
        let assetStructs = assets.map { asset in
            let memory = UnsafeMutableRawPointer.allocate(byteCount: max(asset.bytes.count, 64), alignment: 64)
            memory.copyMemory(from: asset.bytes, byteCount: asset.bytes.count)
            lifelong.assets.append(memory)
            return mneme_asset(
                struct_size: UInt32(MemoryLayout<mneme_asset>.size), reserved: 0, name: terminated(asset.name), data: UnsafeRawPointer(memory),
                bytes: UInt64(asset.bytes.count))
        }
        let names: [UnsafePointer<CChar>?] = columns.map { terminated($0) }
        let schema = schemaHash(columns)
        let slots = UnsafeMutableRawPointer.allocate(byteCount: 3 * CallSlot.slotBytes, alignment: 64)
        slots.initializeMemory(as: UInt8.self, repeating: 0, count: 3 * CallSlot.slotBytes)
        defer { slots.deallocate() }
        let config = slots.assumingMemoryBound(to: mneme_config.self)
        let info = (slots + CallSlot.slotBytes).assumingMemoryBound(to: mneme_info.self)
        let error = (slots + 2 * CallSlot.slotBytes).assumingMemoryBound(to: mneme_error.self)
        info.pointee.struct_size = UInt32(MemoryLayout<mneme_info>.size)
        error.pointee.struct_size = UInt32(MemoryLayout<mneme_error>.size)
        var model: OpaquePointer?
        let status: mneme_status = optionStructs.withUnsafeBufferPointer { options in
            assetStructs.withUnsafeBufferPointer { assets in
                names.withUnsafeBufferPointer { names in
                    config.pointee.struct_size = UInt32(MemoryLayout<mneme_config>.size)
                    config.pointee.option_count = UInt32(options.count)
                    config.pointee.asset_count = UInt32(assets.count)
                    config.pointee.row_column_count = UInt32(names.count)
                    config.pointee.max_rows = UInt32(rowsPerCall)
                    config.pointee.schema = schema
                    config.pointee.options = options.baseAddress
                    config.pointee.assets = assets.baseAddress
                    config.pointee.row_columns = names.baseAddress
                    config.pointee.embedding_model = terminated("")
                    return library.table.pointee.create?(config, host, info, &model, error) ?? mneme_status(MNEME_UNSUPPORTED)
                }
            }
        }
        guard status == MNEME_OK, let model else {
            let message = withUnsafeBytes(of: &error.pointee.message) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
            throw HostError(.create, "create returned \(status)\(message.isEmpty ? "" : ": \(message)")")
        }
        kept.withLock { $0.append(lifelong) }
        let partCount = Int(info.pointee.part_count)
        if partCount != 0, partCount != manifest.parts.count {
            library.table.pointee.destroy?(model)
            throw HostError(.create, "explains with \(partCount) parts; its manifest names \(manifest.parts.count)")
        }
        return ScorerModel(
            id: scorer.id, manifest: manifest, columns: columns, sha256: sha256, tier: scorer.tier,
            deadlineMilliseconds: scorer.deadlineMilliseconds, schema: schema, partCount: partCount,
            wantsQueryText: manifest.wantsQueryText && scorer.grants.contains("query-text"), library: library, model: model)
    }

    /// FNV-1a-64 over the names, each followed by a zero byte.
    static func schemaHash(_ names: [String]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for name in names {
            for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = hash &* 0x100_0000_01B3
        }
        return hash
    }
}
