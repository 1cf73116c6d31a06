import Host

/// What no test of a single call shows.
enum FaultChecks {
    static let all: [Check] = [
        Check("other-process", .faults, .ranks, catches: "scores that another process doesn't repeat", needs: ["answers"]) { trial throws(TrialEnd) in
            let prepared = try trial.prepared()
            guard prepared.manifest.isDeterministic else { return .notChecked("the manifest doesn't say deterministic") }
            let probe = prepared.maker.batch(rows: 29, number: 18)
            let (one, other) = (try trial.scorer(), try trial.scorer())
            let (first, second) = try ending { () throws(TrialFailure) in (try one.score(probe), try other.score(probe)) }
            for row in 0..<29 where !first.isSame(row, as: second, row) {
                return .failed(
                    "\(probe.describe(row)) scored \(first.text(row)), in another process \(second.text(row))",
                    do: "no addresses, process ids or random seeds of the system in a score")
            }
            return .passed("29 rows in two processes, equal bits")
        },
        Check("fuzz", .faults, .survives, catches: "orders of calls that nobody thought of", needs: ["destroy"]) { trial throws(TrialEnd) in
            try CallFuzzer(trial: trial, steps: 400).run()
        },
    ]
}
