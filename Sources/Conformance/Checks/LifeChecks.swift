import Host
import PluginABI

/// What is left behind, shared, or forgotten.
enum LifeChecks {
    static let all: [Check] = [
        Check("destroy", .life, .survives, catches: "destroy that hangs or crashes", needs: ["answers"]) { trial throws(TrialEnd) in
            let scorer = try trial.scorer(ScoringChecks.guarded)
            let maker = try trial.prepared().maker
            try ending { () throws(TrialFailure) in
                _ = try scorer.score(maker.batch(rows: 3, number: 0))
                try scorer.worker.destroy(seconds: trial.request.callSeconds)
            }
            return .passed("returned")
        },
        Check("sandbox", .life, .survives, catches: "files, sockets, processes, unasked threads", needs: ["create"]) { trial throws(TrialEnd) in
            let scorer = try trial.scorer { $0.isStrict = true }
            guard scorer.worker.walls & 6 == 6 else { return .notChecked("this kernel installs no seccomp filters") }
            let checks = GateChecks(scorer, try trial.prepared().maker)
            for probe in checks.probes { _ = try ending { () throws(TrialFailure) in try scorer.score(probe) } }
            return .passed("load, create and score make no forbidden system call")
        },
        Check("leftovers", .life, .survives, catches: "threads and descriptors that stay", needs: ["answers"]) { trial throws(TrialEnd) in
            try leftovers(trial)
        },
        Check("recreate", .life, .survives, catches: "globals that matter after destroy", needs: ["destroy"]) { trial throws(TrialEnd) in
            try recreate(trial)
        },
        Check("leak", .life, .survives, catches: "memory that is forgotten per call or per model", needs: ["destroy"]) { trial throws(TrialEnd) in
            try leak(trial)
        },
        Check("concurrent", .life, .survives, catches: "\"concurrent\" scorers with a shared scratch buffer", needs: ["answers"]) { trial throws(TrialEnd) in
            let prepared = try trial.prepared()
            guard prepared.manifest.isConcurrent else { return .notChecked("the manifest doesn't say concurrent") }
            let scorer = try trial.scorer { $0.allowsThreads = true }
            let probe = prepared.maker.batch(rows: 97, number: 9)
            do throws(TrialFailure) {
                try scorer.worker.storm(probe, threads: 4, rounds: 200)
            } catch {
                guard case .refused(_, _, let message) = error else { throw .failure(error) }
                return .failed("four threads with one model: \(message)", do: "keep no scratch memory in the model or in globals, or drop \"concurrent\"")
            }
            return .passed("4 threads, 200 calls or more each, the scores of one call alone")
        },
        Check("threads-hop", .life, .survives, catches: "calls that rely on their thread", needs: ["answers"]) { trial throws(TrialEnd) in
            let prepared = try trial.prepared()
            let scorer = try trial.scorer { $0.allowsThreads = true }
            let probe = prepared.maker.batch(rows: 41, number: 10)
            do throws(TrialFailure) {
                for _ in 0..<8 { try scorer.worker.storm(probe, threads: 1, rounds: 1) }
            } catch {
                guard case .refused(_, _, let message) = error else { throw .failure(error) }
                return .failed("the same batch on another thread: \(message)", do: "keep nothing in thread-local memory between calls")
            }
            return .passed("8 threads, one after the other")
        },
    ]

    private static func leftovers(_ trial: Trial) throws(TrialEnd) -> Finding {
        let prepared = try trial.prepared()
        let worker = try trial.worker { $0.allowsThreads = true }
        guard let before = worker.usage else { return .notChecked("/proc can't be read") }
        let after = try ending { () throws(TrialFailure) in
            _ = try worker.load()
            try worker.create()
            for number in 0..<4 { _ = try worker.score(prepared.maker.batch(rows: 9, number: number), session: nil) }
            return worker.usage
        }
        guard let after else { return .notChecked("/proc can't be read") }
        let threads = after.threads - before.threads
        guard threads <= prepared.manifest.threads else {
            return .failed("\(threads) threads are left after create and score; the manifest asks for \(prepared.manifest.threads)", do: "say how many \"threads\" it needs, or join them")
        }
        let descriptors = after.descriptors - before.descriptors
        guard descriptors <= 0 else { return .failed("\(descriptors) descriptors are left open", do: "open no files: assets are mapped by the host") }
        return .passed("\(threads) threads, no descriptors")
    }

    private static func recreate(_ trial: Trial) throws(TrialEnd) -> Finding {
        let prepared = try trial.prepared()
        let scorer = try trial.scorer()
        let probe = prepared.maker.batch(rows: 29, number: 11)
        let (first, second) = try ending { () throws(TrialFailure) in
            let first = try scorer.score(probe)
            for number in 12..<16 { _ = try scorer.score(prepared.maker.batch(rows: 50, number: number)) }
            try scorer.worker.destroy()
            try scorer.worker.create()
            return (first, try scorer.score(probe))
        }
        guard prepared.manifest.isDeterministic else { return .passed("made again after destroy; not deterministic, so nothing was compared") }
        for row in 0..<29 where !first.isSame(row, as: second, row) {
            return .failed(
                "\(probe.describe(row)) scored \(first.text(row)), after destroy and create \(second.text(row))",
                do: "keep nothing in globals: the library stays loaded, and a second model begins as the first did")
        }
        return .passed("a second model in the same process, equal bits")
    }

    private static func leak(_ trial: Trial) throws(TrialEnd) -> Finding {
        let prepared = try trial.prepared()
        let scorer = try trial.scorer { $0.memoryMegabytes = 0 }
        let probe = prepared.maker.batch(rows: 64, number: 17)
        func models(_ count: Int, calls: Int) throws(TrialEnd) -> Int {
            try ending { () throws(TrialFailure) in
                for _ in 0..<count {
                    for _ in 0..<calls { _ = try scorer.score(probe) }
                    try scorer.worker.destroy()
                    try scorer.worker.create()
                }
            }
            return scorer.worker.usage?.residentKilobytes ?? 0
        }
        // What a first run keeps (arenas, lazy tables) is no leak.
        let settled = try models(10, calls: 4)
        let after = try models(60, calls: 4)
        let growth = after - settled
        guard growth < 4096 else {
            return .failed("\(growth) KiB more after 240 calls and 60 models", do: "free what a call allocates before it returns, and the model in destroy")
        }
        return .passed("\(max(growth, 0)) KiB more after 240 calls and 60 models")
    }
}
