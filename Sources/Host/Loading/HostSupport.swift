import Glibc
import Platform
import PluginABI
import Synchronization

/// What a model may use until `destroy` returns: `mneme_host` with its log, and the assets.
final class HostSupport: @unchecked Sendable {
    // @unchecked Sendable: pointers and what they point to are constant; the log's rate has its lock.
    let host: UnsafeMutablePointer<mneme_host>
    let assets: [MappedAsset]
    let assetTable: UnsafeMutablePointer<mneme_asset>
    private let scorer: String
    private let environment: HostEnvironment
    private let rate = Mutex<(second: Int64, lines: Int)>((0, 0))
    private static let linesPerSecond = 20
    /// Longer lines are cut.
    private static let lineBytes: UInt64 = 4096

    init(assets: [MappedAsset], scorer: String, _ environment: HostEnvironment) {
        self.assets = assets
        self.scorer = scorer
        self.environment = environment
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 1024, alignment: 64)
        memset(memory, 0, 1024)
        host = memory.bindMemory(to: mneme_host.self, capacity: 1)
        assetTable = .allocate(capacity: max(assets.count, 1))
        for (index, asset) in assets.enumerated() {
            // strdup: freed in `deinit`.
            assetTable[index] = mneme_asset(
                struct_size: UInt32(MemoryLayout<mneme_asset>.size), reserved: 0, name: strdup(asset.name),
                data: asset.memory.baseAddress, bytes: UInt64(asset.memory.count))
        }
        host.pointee.struct_size = UInt32(MemoryLayout<mneme_host>.size)
        // Unretained: the plugin may use the context until `destroy`, and `MadeModel` keeps this object as long.
        host.pointee.context = Unmanaged.passUnretained(self).toOpaque()
        host.pointee.log = { context, level, text, bytes in
            guard let context, let text else { return }
            Unmanaged<HostSupport>.fromOpaque(context).takeUnretainedValue().log(level, text, bytes)
        }
    }

    deinit {
        for index in assets.indices { free(UnsafeMutablePointer(mutating: assetTable[index].name)) }
        assetTable.deallocate()
        UnsafeMutableRawPointer(host).deallocate()
    }

    private func log(_ level: Int32, _ text: UnsafePointer<CChar>, _ bytes: UInt64) {
        let second = platform_monotonic_ns() / 1_000_000_000
        let line = rate.withLock { rate in
            if rate.second != second { rate = (second, 0) }
            rate.lines += 1
            return rate.lines
        }
        guard line <= Self.linesPerSecond else { return }
        let buffer = UnsafeRawBufferPointer(start: text, count: Int(min(bytes, Self.lineBytes)))
        let words = String(decoding: buffer, as: UTF8.self)
        let rest = line == Self.linesPerSecond ? " (further lines of this second are dropped)" : ""
        environment.log(LogLevel(rawValue: level) ?? .error, scorer, words + rest)
    }
}
