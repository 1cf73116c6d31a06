import Glibc
import Platform
import PluginABI
import Wire

// One batch on several threads at once: for checks of manifests that say "concurrent".
extension Service {
    /// Every thread scores the same batch into buffers of its own; all must say what the first call said.
    func storm(_ plugin: LoadedPlugin, _ page: mneme_host_page) -> mneme_status {
        guard let score = plugin.table.pointee.score, let batch = batch(page) else { return refuse("the batch is damaged") }
        guard let layout = layout(page, rows: Int(batch.pointee.rows)) else { return refuse("the answer doesn't fit the region") }
        let call: StormLeg.Call = { scores, error in score(plugin.model, nil, batch, scores, error) }
        let reference = StormLeg(layout, call: call)
        guard reference.score() >= 0 else { return refuse("score failed on one thread already") }
        let legs = (0..<Int(min(page.thread_count, 16))).map { _ in StormLeg(layout, call: call) }
        for leg in legs { leg.start(rounds: Int(page.round_count), like: reference) }
        for (number, leg) in legs.enumerated() {
            leg.join()
            if let problem = leg.problem { return refuse("thread \(number + 1) of \(legs.count): \(problem)") }
        }
        return 0
    }
}

/// One thread of a storm, with its own outputs.
private final class StormLeg: @unchecked Sendable {
    // @unchecked Sendable: used by its own thread between `start` and `join`, by the answering thread outside them.
    typealias Call = (UnsafeMutablePointer<mneme_scores>, UnsafeMutablePointer<mneme_error>) -> mneme_status

    private static let leastNanoseconds: Int64 = 200_000_000

    private let layout: AnswerLayout
    private let call: Call
    private let memory: UnsafeMutableRawPointer
    private let structs: UnsafeMutableRawPointer
    private var thread = pthread_t()
    private var rounds = 0
    private var reference: StormLeg?
    private(set) var problem: String?

    init(_ layout: AnswerLayout, call: @escaping Call) {
        self.layout = layout
        self.call = call
        memory = .allocate(byteCount: layout.places.end, alignment: 64)
        structs = .allocate(byteCount: 2 * Packing.slotBytes, alignment: 64)
    }

    deinit {
        memory.deallocate()
        structs.deallocate()
    }

    func score() -> mneme_status {
        memset(structs, 0, 2 * Packing.slotBytes)
        layout.fill(memory)
        let scores = structs.assumingMemoryBound(to: mneme_scores.self)
        let error = (structs + Packing.slotBytes).assumingMemoryBound(to: mneme_error.self)
        scores.pointee.struct_size = UInt32(MemoryLayout<mneme_scores>.size)
        error.pointee.struct_size = UInt32(MemoryLayout<mneme_error>.size)
        layout.place(memory, in: scores)
        return call(scores, error)
    }

    func start(rounds: Int, like reference: StormLeg) {
        self.rounds = rounds
        self.reference = reference
        let box = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { argument in
                // Force unwrap: the argument is the box of the line above.
                Unmanaged<StormLeg>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        if code != 0 { problem = "pthread_create: \(String(cString: strerror(code)))" }
    }

    func join() { if problem == nil { pthread_join(thread, nil) } }

    private func run() {
        // Where the CPUs are busy, threads meet only when they are interrupted: a storm outlasts a few time slices.
        let until = rounds > 1 ? platform_monotonic_ns() + Self.leastNanoseconds : 0
        var round = 0
        while problem == nil, round < max(rounds, 1) || platform_monotonic_ns() < until {
            round += 1
            let status = score()
            if status < 0 { problem = "call \(round) returned \(status)" } else { compare(round) }
        }
    }

    private func compare(_ round: Int) {
        guard let reference else { return }
        for row in 0..<layout.rows {
            for head in 0..<layout.heads {
                let place = layout.places.values + (head * layout.rows + row) * 4
                let here = (memory + place).load(as: UInt32.self)
                let there = (reference.memory + place).load(as: UInt32.self)
                guard here != there else { continue }
                problem = "call \(round), row \(row): \(Float(bitPattern: here)); alone it scored \(Float(bitPattern: there))"
                return
            }
        }
    }
}
