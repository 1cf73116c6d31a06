import Host

/// What the load gate demands of every scorer before it goes live.
enum RankingChecks {
    static let all: [Check] = [
        gate("range", "probabilities outside 0 to 1", do: "give the scale that the numbers have") { (checks: GateChecks) throws(TrialFailure) in
            try checks.range()
        },
        gate("deterministic", "scores that change from call to call, though the manifest says deterministic",
            do: "use batch->now_ms and config->seed, no clock, no counter, no order of a hash table") { (checks: GateChecks) throws(TrialFailure) in
            try checks.deterministic()
        },
        gate("permutation", "scope row that reads the order of the rows", do: "look at the row alone, or say scope list") { (checks: GateChecks) throws(TrialFailure) in
            try checks.permutation()
        },
        gate("split", "scope row that looks at its neighbours", do: "look at the row alone, or say scope list") { (checks: GateChecks) throws(TrialFailure) in
            try checks.split()
        },
        gate("monotone", "a wrong sign: more evidence ranks lower", do: "turn the sign around, or take \"monotone\" away") { (checks: GateChecks) throws(TrialFailure) in
            try checks.monotone()
        },
        Check("golden", .scoring, .ranks, catches: "scores that differ from golden records", needs: ["answers"]) { trial throws(TrialEnd) in
            let prepared = try trial.prepared()
            let checks = try trial.checks()
            let check = try ending { () throws(TrialFailure) in try checks.golden(prepared.golden) }
            return Finding(check, do: "find what changed, or write new records if it was meant")
        },
        Check("latency", .scoring, .ranks, catches: "p99 of 256 rows over half its deadline", needs: ["answers"]) { trial throws(TrialEnd) in
            let checks = try trial.checks()
            let request = trial.request
            let check = try ending { () throws(TrialFailure) in
                try checks.latency(deadlineMilliseconds: request.deadlineMilliseconds, tier: request.tier)
            }
            return Finding(check, do: "make it faster, or give it a longer deadline (--deadline)")
        },
        Check("ranking", .scoring, .ranks, catches: "nothing that shows which way up it ranks", needs: ["answers"]) { trial throws(TrialEnd) in
            let prepared = try trial.prepared()
            let checks = try trial.checks()
            let verdicts = try ending { () throws(TrialFailure) in 
                [try checks.monotone(), try checks.golden(prepared.golden), try checks.plantedWorld()]
             }
            if let shown = verdicts.first(where: { $0.outcome != .notChecked }) { return .passed("shown by \(shown.name)") }
            let reasons = verdicts.map { "\($0.name) (\($0.detail))" }.joined(separator: ", ")
            return .failed(
                "not checked: \(reasons); such a scorer isn't served",
                do: "mark columns of which more is never worse \"monotone\": true, or give golden records in plugins.json (here: --golden FILE)")
        },
        gate("planted-world", "a scorer that doesn't find what was planted, or ranks it last",
            do: "look for a wrong sign, columns in another order, weights that learned nothing") { (checks: GateChecks) throws(TrialFailure) in
            try checks.plantedWorld()
        },
        gate("nothing-relevant", "a calibrated head that is sure of something where there is nothing",
            do: "train with a null candidate, or take \"calibrated\" away") { (checks: GateChecks) throws(TrialFailure) in
            try checks.nothingRelevant()
        },
    ]

    private static func gate(
        _ name: String, _ catches: String, do remedy: String,
        run: @escaping @Sendable (GateChecks) throws(TrialFailure) -> GateReport.Check
    ) -> Check {
        Check(name, .scoring, .ranks, catches: catches, needs: ["answers"]) { trial throws(TrialEnd) in
            let checks = try trial.checks()
            return Finding(try ending { () throws(TrialFailure) in try run(checks) }, do: remedy)
        }
    }
}
