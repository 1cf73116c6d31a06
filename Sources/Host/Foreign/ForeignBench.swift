import Glibc
import Platform
import PluginABI
import Wire

/// What a call by description costs: `pow` of the C math library, in a worker. Never part of a test.
extension ScorerHost {
    package struct ForeignFigures: Sendable {
        /// Nanoseconds per call, sorted; alternating groups of one run.
        package var libffi: [Double] = []
        package var direct: [Double] = []
        /// Microseconds per request of `rows` rows through the worker, sorted.
        package var requests: [Double] = []
        package let rows = 256
    }

    package func benchForeign(groups wanted: Int) throws(LoadError) -> ForeignFigures {
        // What a worker measures at once.
        let groups = min(wanted, 10_000)
        let settings = try mathSettings()
        let id = settings.scorers[0].id
        let configuration = Configuration.load(
            settings, HostEnvironment(offeredColumns: ["bench.age_days@1"]))
        if case .refused(let error) = configuration.plugins[0].state { throw error }
        guard let model = configuration.model(id), let worker = model.worker else {
            throw LoadError(.load, "it isn't served")
        }
        guard let pairs = worker.timeForeign(groups: groups) else {
            throw LoadError(.load, "the worker gave no figures")
        }
        var figures = ForeignFigures()
        figures.libffi = pairs.map(\.libffi).sorted()
        figures.direct = pairs.map(\.direct).sorted()
        let inputs = BenchInputs(rows: figures.rows, model, dimension: 0).inputs
        for _ in 0..<groups {
            let start = platform_monotonic_ns()
            let outcome = model.score(inputs, deadline: start + 1_000_000_000)
            if outcome.failure == nil {
                figures.requests.append(Double(platform_monotonic_ns() - start) / 1000)
            }
        }
        figures.requests.sort()
        return figures
    }

    /// plugins.json with `pow` as decay, in the present object store.
    private func mathSettings() throws(LoadError) -> PluginsFile {
        var place = platform_symbol_info()
        guard let handle = dlopen("libm.so.6", RTLD_NOW), let symbol = dlsym(handle, "pow"),
            platform_dladdr(symbol, &place) != 0, let file = place.file
        else { throw LoadError(.locate, "there is no C math library") }
        let path = String(cString: file)
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: ObjectStore.limit)
        } catch {
            throw LoadError(.locate, error.reason)
        }
        let text = """
            { "version": 1, "scorers": [ { "id": "pow", "foreign": {
                "path": "\(path)", "symbol": "pow", "sha256": "\(SHA256.hexadecimal(of: bytes))",
                "call": "per-row", "returns": "f64", "scale": "probability",
                "arguments": [ { "type": "f64", "constant": 0.95 }, { "type": "f64", "column": "bench.age_days@1" } ],
                "golden": [ { "row": { "bench.age_days@1": 0 }, "score": 1 },
                            { "row": { "bench.age_days@1": 10 }, "score": 0.5987369392383787 } ] } } ] }
            """
        do {
            var settings = try PluginsFile.read(bytes: Array(text.utf8), path: "bench")
            settings.paths = configuration.settings.paths
            settings.folder = configuration.settings.folder
            return settings
        } catch {
            throw LoadError(.load, error.description)
        }
    }
}

extension WorkerClient {
    /// Nanoseconds per call of its function, groups of 1,000 alternating; nil = it couldn't be measured.
    fileprivate func timeForeign(groups: Int) -> [(libffi: Double, direct: Double)]? {
        guard lane.acquire(until: platform_monotonic_ns() + 1_000_000_000) else { return nil }
        defer { lane.release() }
        guard case .success(let process) = ready() else { return nil }
        let start = Int(MNEME_LANE_PAGE)
        process.host.base.storeBytes(of: UInt32(groups).littleEndian, toByteOffset: start, as: UInt32.self)
        let answer = process.exchange(
            Int(MNEME_DO_TIME_FOREIGN), until: platform_monotonic_ns() + 60_000_000_000
        ) { page in
            page.pointee.payload_at = UInt64(start)
            page.pointee.payload_bytes = 4
        }
        guard case .status(0) = answer, let payload = process.payload else { return nil }
        var input = ByteReader(payload)
        return try? (0..<groups).map { _ in (try input.number(), try input.number()) }
    }
}
