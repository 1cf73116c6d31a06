import Glibc
import PluginSDK

/// What one session remembers: per memory a sum of uses, each worth half after a half-life. A value.
struct Usage {
    /// Of the exported layout: u32 count, then per entry u64 id, f64 strength, i64 time; ids ascending.
    static let version: UInt32 = 1
    /// Memories remembered at most; the weakest go first.
    static let capacity = 4096
    /// 4 + 10 · 24 bytes: what fits into the 256 of the compact form.
    static let compactEntries = 10

    struct Decay: Sendable {
        let halfLifeMilliseconds: Double

        /// What is left after this long; a time that lies in the future leaves everything.
        func factor(from earlier: Int64, to later: Int64) -> Double {
            exp2(-max(0, Double(later) - Double(earlier)) / halfLifeMilliseconds)
        }
    }

    private struct Entry {
        var strength: Double
        /// When `strength` was right, Unix milliseconds.
        var time: Int64
    }

    private var entries: [UInt64: Entry] = [:]

    init() {}

    mutating func touch(_ id: UInt64, _ weight: Double, at time: Int64, _ decay: Decay) {
        let old = entries[id]
        let now = max(time, old?.time ?? time)
        let kept = old.map { $0.strength * decay.factor(from: $0.time, to: now) } ?? 0
        entries[id] = Entry(strength: kept + weight, time: now)
        // Room for as many again before the next sort: forgetting costs one sort per `capacity` uses.
        if entries.count > 2 * Self.capacity {
            entries = Dictionary(uniqueKeysWithValues: strongest(Self.capacity, decay))
        }
    }

    func strength(of id: UInt64, at time: Int64, _ decay: Decay) -> Double {
        guard let entry = entries[id] else { return 0 }
        return entry.strength * decay.factor(from: entry.time, to: time)
    }

    /// By strength at the latest time, then by id: a dictionary's own order changes from run to run.
    private func strongest(_ limit: Int, _ decay: Decay) -> [(UInt64, Entry)] {
        let latest = entries.values.map(\.time).max() ?? 0
        let ranked = entries.map { id, entry in
            (id: id, entry: entry, now: entry.strength * decay.factor(from: entry.time, to: latest))
        }
        return ranked.sorted { ($1.now, $0.id) < ($0.now, $1.id) }.prefix(limit).map { ($0.id, $0.entry) }
    }
}

// The state, as it travels.
extension Usage {
    func write(to state: inout StateWriter, limit: Int, _ decay: Decay) {
        let kept = strongest(limit, decay).sorted { $0.0 < $1.0 }
        state.append(UInt32(kept.count))
        for (id, entry) in kept {
            state.append(id)
            state.append(entry.strength)
            state.append(entry.time)
        }
    }

    /// Every byte is a stranger's: it may be damaged, or have been written by another library.
    init(from state: inout StateReader) throws(ScorerError) {
        let count = Int(try state.read(UInt32.self))
        guard count <= Self.capacity, state.remaining == count * 24 else {
            throw .state(
                "\(count) entries in \(state.remaining) bytes; allowed: up to \(Self.capacity) of 24")
        }
        var last: UInt64?
        for _ in 0..<count {
            let id = try state.read(UInt64.self)
            let strength = try state.read(Double.self)
            let time = try state.read(Int64.self)
            guard last.map({ $0 < id }) ?? true else { throw .state("the ids don't ascend at \(id)") }
            guard strength.isFinite, strength >= 0 else { throw .state("strength \(strength) of \(id)") }
            entries[id] = Entry(strength: strength, time: time)
            last = id
        }
        try state.finish()
    }
}
