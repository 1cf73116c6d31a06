import Glibc
import PluginABI
import Synchronization

/// The memory of one call: crossing structs in zeroed slots of 1 KiB, cancel word, output buffers.
///
/// It belongs to the call and not to the turn, so a late plugin can't write into the next turn's memory: the
/// slot is used again only once the call has returned.
final class CallSlot: @unchecked Sendable {
    // @unchecked Sendable: one call at a time owns the slot; between caller and watched thread it passes
    // through `phase`.
    let batch: UnsafeMutablePointer<mneme_batch>
    let scores: UnsafeMutablePointer<mneme_scores>
    let error: UnsafeMutablePointer<mneme_error>
    let cancel: UnsafeMutablePointer<Atomic<UInt32>>
    private let memory: UnsafeMutableRawPointer
    private static let structBytes = 1024

    var sheet = ScoreSheet()
    /// Retained until the call returns.
    var inputs: CallInputs?
    /// Whose call it is, while it is on the watched thread.
    var model: Model?
    /// CLOCK_MONOTONIC.
    var deadline: Int64 = 0
    /// Offsets of one call's paths, where a request's rows take several.
    var chunk = PathChunk()
    /// Of a watched call, written before `phase` says finished.
    var result = CallResult()
    /// The session that the call is about, while it runs.
    var session: SessionCalls.Handle?

    /// Of a watched call.
    let phase = FutexWord(CallSlot.idle)
    static let idle: UInt32 = 0
    static let running: UInt32 = 1
    static let finished: UInt32 = 2
    /// The caller went on without it.
    static let abandoned: UInt32 = 3

    init() {
        memory = .allocate(byteCount: 4 * Self.structBytes, alignment: 4096)
        memset(memory, 0, 4 * Self.structBytes)
        batch = memory.bindMemory(to: mneme_batch.self, capacity: 1)
        scores = (memory + Self.structBytes).bindMemory(to: mneme_scores.self, capacity: 1)
        error = (memory + 2 * Self.structBytes).bindMemory(to: mneme_error.self, capacity: 1)
        cancel = (memory + 3 * Self.structBytes).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
        cancel.initialize(to: Atomic(0))
        batch.pointee.struct_size = UInt32(MemoryLayout<mneme_batch>.size)
        batch.pointee.target = UInt32(MNEME_OVER_CANDIDATE)
        // The address of the word inside the Atomic: same size, same place.
        batch.pointee.cancel = UnsafeRawPointer(cancel).assumingMemoryBound(to: UInt32.self)
    }

    deinit {
        cancel.deinitialize(count: 1)
        memory.deallocate()
    }

    /// Takes the sheet again, or a new one if somebody still reads the old.
    func takeSheet(rows: Int, heads: Int, parts: Int, paths: Int) -> SheetLayout {
        if !isKnownUniquelyReferenced(&sheet) { sheet = ScoreSheet() }
        return sheet.prepare(rows: rows, heads: heads, parts: parts, paths: paths)
    }
}

/// What a call came to, before anybody combines it.
struct CallResult {
    /// nil = the rows that are OK may be used.
    var failure: ScoringFailure?
    var faults = OutputFaults()
    var goodRows = 0
    var isPartial = false
    /// Where the session's state came from, if this turn was its first here.
    var origin: StateOrigin?
    var started: Int64 = 0
    var ended: Int64 = 0
}

/// Why a scorer gave no answer.
package enum ScoringFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Past its deadline; the answer went out without it.
    case late
    /// Other turns had it until the deadline.
    case busy
    /// Another turn of the same session had it until the deadline.
    case sessionBusy
    /// Its session has so many events to catch up with; the next turns go on with it.
    case restoring(Int)
    /// An earlier call is late and hasn't come back.
    case stillOut
    /// A call never came back; the model gets no more calls.
    case hung
    /// Its process died in this call.
    case crashed(String)
    /// Its process died before; another is being started.
    case restarting(String)
    /// Its breaker is open: it failed too often to be asked.
    case skipped(String)
    /// It returned an error.
    case failed(status: Int32, message: String)
    /// It broke the contract.
    case contract(String)
    /// The host couldn't ask it.
    case notAsked(String)
    /// Not served at all.
    case notServed(String)

    package var description: String {
        switch self {
        case .late: "late: past its deadline"
        case .busy: "busy until the deadline"
        case .sessionBusy: "session busy until the deadline"
        case .restoring(let events): "its session is being restored, \(events) events are left"
        case .stillOut: "an earlier call is late and hasn't come back"
        case .hung: "hung: a call never came back, no more calls are made"
        case .crashed(let reason): "crashed: \(reason)"
        case .restarting(let reason): "being restarted: \(reason)"
        case .skipped(let reason): "skipped: \(reason)"
        case .failed(let status, let message): "failed with \(Self.name(status)): \(message)"
        case .contract(let reason): "broke the contract: \(reason)"
        case .notAsked(let reason): "not asked: \(reason)"
        case .notServed(let reason): "not served: \(reason)"
        }
    }

    /// The call wasn't made, or its end is unknown.
    var saysNothingOfState: Bool {
        switch self {
        case .late, .busy, .crashed, .restarting: true
        default: false
        }
    }

    static func name(_ status: Int32) -> String {
        let names = ["INVALID", "SCHEMA", "STATE", "ASSET", "OPTION", "MEMORY", "UNSUPPORTED", "INTERNAL"]
        let index = -1 - Int(status)
        return names.indices.contains(index) ? names[index] : "status \(status)"
    }
}
