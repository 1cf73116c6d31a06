import Platform
import PluginABI
import Synchronization

/// A model that serves: library, options and assets that don't change, and how calls to it went.
package final class ScorerModel: @unchecked Sendable {
    // @unchecked Sendable: the model pointer is used by one thread at a time (`gate`, or the watched lane's own
    // thread) unless the manifest says `concurrent`; counters are behind `health`.
    package let id: String
    package let version: String
    package let manifest: Manifest
    package let columns: [String]
    package let sha256: String
    package let tier: PluginsFile.Tier
    package let deadlineNanoseconds: Int64
    let schema: UInt64
    let partCount: Int
    let wantsQueryText: Bool
    private let table: UnsafePointer<mneme_plugin_table>
    private let model: OpaquePointer
    private let lane: WatchedLane?
    private let gate = Mutex<Void>(())
    private let slots = Mutex<[CallSlot]>([])
    package let health = Mutex<Health>(Health())

    package struct Health: Sendable {
        package var calls = 0
        package var late = 0
        package var failed = 0
        package var isHung = false
        package var changedFloatMode = 0
    }

    init(
        id: String, manifest: Manifest, columns: [String], sha256: String, tier: PluginsFile.Tier, deadlineMilliseconds: Double,
        schema: UInt64, partCount: Int, wantsQueryText: Bool, library: LoadedLibrary, model: OpaquePointer
    ) {
        self.id = id
        version = manifest.version
        self.manifest = manifest
        self.columns = columns
        self.sha256 = sha256
        self.tier = tier
        deadlineNanoseconds = Int64(deadlineMilliseconds * 1_000_000)
        self.schema = schema
        self.partCount = partCount
        self.wantsQueryText = wantsQueryText
        table = library.table
        self.model = model
        lane = tier == .watched ? WatchedLane() : nil
    }

    deinit {
        // A model whose call never came back can't be destroyed: its memory stays with it.
        if !health.withLock({ $0.isHung }) { table.pointee.destroy?(model) }
    }

    enum Result {
        case scored(CallSlot)
        case late(String)
        case failed(String)
    }

    /// Calls `score` on the slot, in this model's tier; returns at the soft deadline at the latest when watched.
    func call(_ slot: CallSlot, nowMilliseconds: Int64, utcOffsetSeconds: Int, request: UInt64, deadline: Int64) -> Result {
        slot.batch.pointee.schema = schema
        slot.batch.pointee.request = request
        slot.batch.pointee.now_ms = nowMilliseconds
        slot.batch.pointee.utc_offset_s = Int32(clamping: utcOffsetSeconds)
        slot.batch.pointee.deadline_ns = deadline
        health.withLock { $0.calls += 1 }
        if let lane {
            if health.withLock({ $0.isHung }) { return .failed("is quarantined: an earlier call never came back") }
            switch lane.run(self, slot, deadline: deadline) {
            case .done: break
            case .late:
                health.withLock { $0.late += 1 }
                return .late("no answer within \(deadlineNanoseconds / 1000) µs")
            case .busy(let sinceNanoseconds):
                // Still out 250 ms past its deadline: that call is not coming back.
                if sinceNanoseconds > deadlineNanoseconds + 250_000_000 { health.withLock { $0.isHung = true } }
                health.withLock { $0.late += 1 }
                return .late("still busy with an earlier turn")
            }
        } else if manifest.isConcurrent {
            perform(slot)
        } else {
            gate.withLock { _ in perform(slot) }
        }
        if slot.changedFloatMode { health.withLock { $0.changedFloatMode += 1 } }
        if slot.outcome < 0 {
            health.withLock { $0.failed += 1 }
            let text = slot.message
            return .failed("score returned \(slot.outcome)\(text.isEmpty ? "" : ": \(text)")")
        }
        return .scored(slot)
    }

    /// On the scoring thread: the call itself, with the floating-point mode put back afterwards.
    func perform(_ slot: CallSlot) {
        let mode = mneme_get_float_mode()
        callTable(slot)
        if mneme_get_float_mode() != mode {
            mneme_set_float_mode(mode)
            slot.changedFloatMode = true
        }
    }

    @inline(__always)
    func callTable(_ slot: CallSlot) {
        slot.outcome = table.pointee.score?(model, nil, slot.batch, slot.scores, slot.error) ?? mneme_status(MNEME_UNSUPPORTED)
    }

    func takeSlot() -> CallSlot { slots.withLock { $0.popLast() } ?? CallSlot() }
    func giveBack(_ slot: CallSlot) { slots.withLock { $0.append(slot) } }
}
