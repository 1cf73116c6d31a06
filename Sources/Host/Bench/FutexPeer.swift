import Platform
import Synchronization

/// A thread that answers every wake with a wake: what a hand-over costs by itself, on the caller's CPU and on another.
final class FutexPeer {
    // Not Sendable on purpose: one bench, one thread.
    private let ask = FutexWord()
    private let done = FutexWord()
    private let threadID = FutexWord()
    private var sequence: UInt32 = 0
    private static let end = UInt32.max

    init() {
        PermanentThread.start(name: "mneme-bench") { [ask, done, threadID] in
            threadID.set(UInt32(platform_thread_id()))
            threadID.wakeAll()
            var seen: UInt32 = 0
            while true {
                ask.wait(while: seen)
                let asked = ask.value
                if asked == seen { continue }
                if asked == Self.end { return }
                seen = asked
                done.set(asked)
                done.wakeOne()
            }
        }
        while threadID.value == 0 { threadID.wait(while: 0) }
    }

    /// On its caller's CPU, and on another where there is one.
    var runs: [BenchRun] {
        let here = BenchRun(
            "futex, same cpu", prepare: { [self] in move(to: Int(platform_current_cpu())) },
            { [self] in exchange() })
        let there = BenchRun(
            "futex, other cpu", prepare: { [self] in Self.otherCPU.map(move) }, { [self] in exchange() })
        return Self.otherCPU == nil ? [here] : [here, there]
    }

    func stop() {
        ask.set(Self.end)
        ask.wakeOne()
    }

    /// nil where there is only one CPU.
    private static var otherCPU: Int? { CPUMask.allowed.members.first { $0 != Int(platform_current_cpu()) } }

    private func move(to cpu: Int) {
        var mask = CPUMask()
        mask.insert(cpu)
        mask.withBytes { _ = platform_set_affinity(Int32(threadID.value), $0.baseAddress, $0.count) }
    }

    private func exchange() {
        sequence += 1
        ask.set(sequence)
        ask.wakeOne()
        while done.value != sequence { done.wait(while: sequence - 1) }
    }
}

extension CPUMask {
    /// Numbers of its CPUs, ascending.
    var members: [Int] {
        var members: [Int] = []
        withBytes { bytes in
            for cpu in 0..<bytes.count * 8 where bytes[cpu / 8] & 1 << UInt8(cpu % 8) != 0 {
                members.append(cpu)
            }
        }
        return members
    }
}
