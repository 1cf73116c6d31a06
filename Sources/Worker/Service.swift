import Glibc
import Platform
import PluginABI
import Wire

/// Answers the host's requests, one at a time, until the host ends.
final class Service {
    let host: SharedRegion
    let own: SharedRegion
    private let assets: [MappedFile]
    private let options: WorkerOptions
    private var plugin: LoadedPlugin?
    /// Zeroed slots of 1 KiB for what crosses: batch or events, scores, info, error, host.
    let slots: CallSlots
    private var sessions: [UInt64: OpaquePointer] = [:]
    private var assetTable: [mneme_asset] = []
    /// The same as the plugin sees it, until the process ends.
    private var assetMemory: UnsafeMutablePointer<mneme_asset>?
    /// The second filter stands: it is installed once, however many models are made.
    private var isNarrowed = false
    let rows: GuardedRows?

    init(host: SharedRegion, own: SharedRegion, assets: [MappedFile], options: WorkerOptions) {
        self.host = host
        self.own = own
        self.assets = assets
        self.options = options
        slots = CallSlots(isGuarded: options.contains(.guarded))
        rows = options.contains(.guardedRows) ? GuardedRows() : nil
    }

    func run() {
        let ask = UnsafeRawPointer(host.base).assumingMemoryBound(to: UInt32.self)
        // Force unwrap: a stored field of an imported C struct has an offset.
        let bell = UnsafeRawPointer(own.base + MemoryLayout<mneme_worker_page>.offset(of: \.bell)!).assumingMemoryBound(to: UInt32.self)
        var seen: UInt32 = 0
        while true {
            // Before the request is looked at: a bell that rings in between ends the wait at once.
            let rung = lane_load(bell)
            let asked = lane_load(ask)
            guard asked != seen else {
                _ = platform_futex_shared_wait_until(bell, rung, -1)
                continue
            }
            seen = asked
            let page = host.hostPage.pointee
            own.workerPage.pointee.payload_bytes = 0
            own.workerPage.pointee.rows_done = 0
            own.workerPage.pointee.changed_float_mode = 0
            own.workerPage.pointee.changed_input = 0
            FloatMode.enter()
            slots.prepareError()
            let status = answer(page)
            if FloatMode.leave() { own.workerPage.pointee.changed_float_mode = 1 }
            own.workerPage.pointee.status = status
            if status < 0 { copyError() }
            let done = UnsafeMutableRawPointer(own.base).assumingMemoryBound(to: UInt32.self)
            lane_store(done, asked)
            _ = platform_futex_shared_wake(done, 1)
            if page.operation == MNEME_DO_QUIT { exit(0) }
        }
    }

    private func answer(_ page: mneme_host_page) -> mneme_status {
        switch Int(page.operation) {
        case Int(MNEME_DO_LOAD): return load(page)
        case Int(MNEME_DO_LOAD_FOREIGN): return loadForeign(page)
        case Int(MNEME_DO_QUIT): return 0
        default: break
        }
        guard let plugin else { return refuse("no library is loaded") }
        switch Int(page.operation) {
        case Int(MNEME_DO_CREATE): return create(plugin, page)
        case Int(MNEME_DO_OPEN): return openSession(plugin, page)
        case Int(MNEME_DO_CLOSE): return closeSession(plugin, page)
        case Int(MNEME_DO_ADVANCE): return advance(plugin, page)
        case Int(MNEME_DO_SCORE): return score(plugin, page)
        case Int(MNEME_DO_EXPORT): return exportState(plugin, page)
        case Int(MNEME_DO_IMPORT): return importState(plugin, page)
        case Int(MNEME_DO_OBSERVE): return observe(plugin, page)
        case Int(MNEME_DO_DESTROY): return destroy(plugin)
        case Int(MNEME_DO_TIME_FOREIGN): return timeForeign(page)
        case Int(MNEME_DO_STORM): return storm(plugin, page)
        default: return refuse("unknown operation \(page.operation)")
        }
    }

    func refuse(_ message: String) -> mneme_status {
        slots.setError(MNEME_INVALID, message)
        return mneme_status(MNEME_INVALID)
    }

    private func copyError() {
        withUnsafeMutableBytes(of: &own.workerPage.pointee.error) { target in
            // Code and message: all of the struct but its size.
            let message = UnsafeRawPointer(slots.error) + MemoryLayout<mneme_error>.offset(of: \.message)!
            // Force unwrap: a stored field of an imported C struct has an offset.
            target.copyMemory(from: UnsafeRawBufferPointer(start: message, count: min(target.count, 504)))
        }
    }

    private func payload(_ page: mneme_host_page) -> UnsafeRawBufferPointer? {
        guard host.holds(page.payload_at, page.payload_bytes) else { return nil }
        return UnsafeRawBufferPointer(start: host.base + Int(page.payload_at), count: Int(page.payload_bytes))
    }

    func reply(_ bytes: [UInt8]) {
        let start = own.base + Int(MNEME_LANE_PAGE)
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: start, count: $0.count).copyMemory(from: $0) }
        own.workerPage.pointee.payload_bytes = UInt64(bytes.count)
    }
}

// Loading and making.
extension Service {
    private func load(_ page: mneme_host_page) -> mneme_status {
        guard let bytes = payload(page) else { return refuse("the path is outside the region") }
        return keep(LoadedPlugin.open(String(decoding: bytes, as: UTF8.self)))
    }

    private func loadForeign(_ page: mneme_host_page) -> mneme_status {
        guard let bytes = payload(page), let order = try? ForeignOrder(decoding: bytes) else {
            return refuse("the description of the function is damaged")
        }
        return keep(ForeignFunction.open(order).map { LoadedPlugin($0) })
    }

    private func timeForeign(_ page: mneme_host_page) -> mneme_status {
        guard let function = plugin?.foreign, let bytes = payload(page), let figures = function.time(order: bytes) else {
            return refuse("only an f64 function of two f64 arguments is timed")
        }
        reply(figures)
        return 0
    }

    private func keep(_ opened: Result<LoadedPlugin, LoadedPlugin.Failure>) -> mneme_status {
        switch opened {
        case .success(let loaded):
            plugin = loaded
            reply(loaded.description)
            return 0
        case .failure(let failure):
            slots.setError(Int(failure.step), failure.message)
            return failure.step
        }
    }

    private func create(_ plugin: LoadedPlugin, _ page: mneme_host_page) -> mneme_status {
        guard let bytes = payload(page), let order = try? CreateOrder(decoding: bytes) else {
            return refuse("the create order is damaged")
        }
        guard order.assets.count == assets.count else { return refuse("the assets don't match the create order") }
        guard let make = plugin.table.pointee.create else { return refuse("create is null") }
        if assetTable.isEmpty { assetTable = zip(order.assets, assets).map { name, file in
            // strdup: names live as long as the process; made once, however many models are.
            mneme_asset(
                struct_size: UInt32(MemoryLayout<mneme_asset>.size), reserved: 0, name: strdup(name),
                data: file.memory.baseAddress, bytes: UInt64(file.memory.count))
        } }
        if assetMemory == nil {
            assetMemory = .allocate(capacity: max(assetTable.count, 1))
            assetMemory?.initialize(from: assetTable, count: assetTable.count)
        }
        let memory = ConfigMemory(order, assets: UnsafePointer(assetMemory))
        slots.prepareHost(context: Unmanaged.passUnretained(self).toOpaque()) { context, level, text, bytes in
            guard let context, let text else { return }
            // Unretained: the service lives as long as the process.
            Unmanaged<Service>.fromOpaque(context).takeUnretainedValue().log(level, text, bytes)
        }
        slots.prepareInfo()
        var model: OpaquePointer?
        let status = make(memory.config, slots.host, slots.info, &model, slots.error)
        guard status == 0 else { return status < 0 ? status : refuse("create returned \(status)") }
        guard let model else { return refuse("it returned OK and no model") }
        plugin.model = model
        reply(Array(UnsafeRawBufferPointer(start: slots.info, count: MemoryLayout<mneme_info>.size)))
        if !options.contains(.withoutSandbox), !isNarrowed {
            isNarrowed = true
            own.workerPage.pointee.is_sandboxed |= Sandbox.enterBeforeServing(
                allowsThreads: options.contains(.threads), isStrict: options.contains(.strict))
        }
        return 0
    }

    private func destroy(_ plugin: LoadedPlugin) -> mneme_status {
        for session in sessions.values { plugin.table.pointee.session_close?(plugin.model, session) }
        sessions.removeAll()
        if let model = plugin.model { plugin.table.pointee.destroy?(model) }
        plugin.model = nil
        return 0
    }

    /// Into the ring of the last lines; the host takes them from there.
    private func log(_ level: Int32, _ text: UnsafePointer<CChar>, _ bytes: UInt64) {
        let page = own.workerPage
        let count = page.pointee.log_count
        guard let line = lane_log(page, count) else { return }
        withUnsafeMutableBytes(of: &line.pointee.text) { target in
            let length = min(Int(min(bytes, UInt64(target.count))), target.count)
            target.copyMemory(from: UnsafeRawBufferPointer(start: text, count: length))
            line.pointee.bytes = UInt32(length)
        }
        line.pointee.level = level
        page.pointee.log_count = count &+ 1
    }
}

// Sessions and state.
extension Service {
    private func openSession(_ plugin: LoadedPlugin, _ page: mneme_host_page) -> mneme_status {
        guard let open = plugin.table.pointee.session_open else { return refuse("session_open is null") }
        // The host lost track of it in a call that was late: it begins anew.
        if let old = sessions.removeValue(forKey: page.session) { plugin.table.pointee.session_close?(plugin.model, old) }
        var session: OpaquePointer?
        let status = open(plugin.model, page.session, &session, slots.error)
        guard status == 0 else { return status }
        guard let session else { return refuse("session_open returned OK and no session") }
        sessions[page.session] = session
        return 0
    }

    private func closeSession(_ plugin: LoadedPlugin, _ page: mneme_host_page) -> mneme_status {
        guard let session = sessions.removeValue(forKey: page.session) else { return refuse("no such session") }
        plugin.table.pointee.session_close?(plugin.model, session)
        return 0
    }

    /// nil = the page names none; an unknown one is a refusal.
    func session(_ page: mneme_host_page) -> (isKnown: Bool, pointer: OpaquePointer?) {
        if page.has_session == 0 { return (true, nil) }
        guard let session = sessions[page.session] else { return (false, nil) }
        return (true, session)
    }

    private func advance(_ plugin: LoadedPlugin, _ page: mneme_host_page) -> mneme_status {
        guard let advance = plugin.table.pointee.advance else { return refuse("advance is null") }
        let (_, session) = session(page)
        guard let session else { return refuse("no such session") }
        guard unpack(page, .events) else { return refuse("the events are damaged") }
        return advance(plugin.model, session, slots.input.assumingMemoryBound(to: mneme_events.self), slots.error)
    }

    private func observe(_ plugin: LoadedPlugin, _ page: mneme_host_page) -> mneme_status {
        guard let observe = plugin.table.pointee.observe else { return refuse("observe is null") }
        let (isKnown, session) = session(page)
        guard isKnown else { return refuse("no such session") }
        guard unpack(page, .outcomes) else { return refuse("the outcomes are damaged") }
        return observe(plugin.model, session, slots.input.assumingMemoryBound(to: mneme_outcomes.self), slots.error)
    }

    func unpack(_ page: mneme_host_page, _ kind: PackedKind) -> Bool {
        slots.setInputSize(kind.size)
        return Packing.unpack(
            host.base, at: Int(truncatingIfNeeded: page.struct_at), byteCount: host.byteCount, kind, into: slots.input)
    }

    private func exportState(_ plugin: LoadedPlugin, _ page: mneme_host_page) -> mneme_status {
        guard let export = plugin.table.pointee.export_state else { return refuse("export_state is null") }
        let (isKnown, session) = session(page)
        guard isKnown else { return refuse("no such session") }
        var length: UInt64 = 0
        let room = own.byteCount - Int(MNEME_LANE_PAGE)
        let status = export(
            plugin.model, session, Int32(bitPattern: page.form), own.base + Int(MNEME_LANE_PAGE), UInt64(room), &length, slots.error)
        if status == 0 { own.workerPage.pointee.payload_bytes = length }
        return status
    }

    private func importState(_ plugin: LoadedPlugin, _ page: mneme_host_page) -> mneme_status {
        guard let load = plugin.table.pointee.import_state else { return refuse("import_state is null") }
        let (isKnown, session) = session(page)
        guard isKnown else { return refuse("no such session") }
        guard let bytes = payload(page) else { return refuse("the state is outside the region") }
        return load(
            plugin.model, session, Int32(bitPattern: page.form), page.state_version, bytes.baseAddress, UInt64(bytes.count),
            slots.error)
    }
}
