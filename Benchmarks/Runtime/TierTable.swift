import Foundation
import Host
import Platform

/// Every fixture in every tier, each cell in a process of its own: what happens, how soon it is known, how soon it is over.
struct TierTable {
    let fixtures: [String]
    let modes: [String]

    /// FOLDER-OF-LIBRARIES
    init(_ arguments: [String]) throws {
        fixtures = try FileManager.default.contentsOfDirectory(atPath: arguments[0]).filter { $0.hasSuffix(".so") }.sorted().map {
            arguments[0] + "/" + $0
        }
        modes = ["inline", "watched", "process"]
    }

    func run() throws {
        print("| fixture | tier | with the load gate | judged, ms | without it | turn, ms | over after, ms |\n|---|---|---|---|---|---|---|")
        for fixture in fixtures {
            let name = URL(fileURLWithPath: fixture).deletingPathExtension().lastPathComponent
            for mode in modes {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
                process.arguments = ["cell", fixture, mode]
                var environment = ProcessInfo.processInfo.environment
                environment["SWIFT_BACKTRACE"] = "enable=no"
                process.environment = environment
                let pipe = Pipe()
                process.standardOutput = pipe
                process.standardError = FileHandle.nullDevice
                try process.run()
                let end = Date().addingTimeInterval(40)
                while process.isRunning, Date() < end { usleep(2_000) }
                let hung = process.isRunning
                // Its group: a fork bomb's children would hold the pipe open.
                kill(-process.processIdentifier, SIGKILL)
                if hung { kill(process.processIdentifier, SIGKILL) }
                process.waitUntilExit()
                let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                // The first line was written before anything could die.
                let lines = text.split(separator: "\n").map(String.init)
                let fate =
                    process.terminationReason == .uncaughtSignal && !hung
                    ? "**the host dies** of signal \(process.terminationStatus) | – | – |" : hung ? "**the host hangs** | – | – |" : nil
                print("| \(name) | \(mode) | \(lines.first ?? "– | –") | " + (fate ?? lines.dropFirst().first ?? "– | – | – |"))
            }
        }
    }
}

/// One fixture in one tier.
struct TierCell {
    let library: String
    let tier: String

    init(_ arguments: [String]) {
        library = arguments[0]
        tier = arguments[1]
    }

    func run() throws {
        setpgid(0, 0)
        // 4 GiB of address space, so that what eats memory in-process ends itself and not the machine.
        var limit = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        let bench = try Bench()
        defer { bench.remove() }
        try bench.place(try Bench.bytes(library), "scorer.so")
        let path = try bench.write(
            "{ \"id\": \"x\", \"library\": \"./scorer.so\", \"tier\": \"\(tier)\", \"deadlineMilliseconds\": 20, \"graceMilliseconds\": 50, \"grants\": [\"history\"] }")
        var environment = HostEnvironment(offeredColumns: ["a@1", "b@1"])
        environment.offeredEventColumns = ["e@1"]
        environment.events = BenchEvents()
        let before = platform_monotonic_ns()
        let gated = try ScorerHost.start(plugins: path, environment)
        let judged = Double(platform_monotonic_ns() - before) / 1e6
        let verdict = if case .refused(let error) = gated.configuration.plugins[0].state { "refused: \(short(error.description))" } else { "goes live" }
        print(verdict + String(format: " | %.0f", judged))
        fflush(nil)
        environment.usesLoadGate = false
        let host = try ScorerHost.start(plugins: path, environment)
        if case .refused(let error) = host.configuration.plugins[0].state {
            print("refused: \(short(error.description)) | – | – |")
            return
        }
        let columns = benchColumns(32)
        let start = platform_monotonic_ns()
        let answer = host.score(benchRequest(32), columns: columns)
        let elapsed = Double(platform_monotonic_ns() - start) / 1e6
        let outcome = answer.degraded.isEmpty ? "answers" : short(answer.degraded.joined(separator: "; "))
        // Over when a turn is answered in a millisecond again, with or without the scorer.
        var recovery: Double?
        let end = platform_monotonic_ns() + 3_000_000_000
        while platform_monotonic_ns() < end {
            let before = platform_monotonic_ns()
            let next = host.score(benchRequest(32), columns: columns)
            if platform_monotonic_ns() - before < 1_000_000, next.scores.count == 32 {
                recovery = Double(platform_monotonic_ns() - start) / 1e6
                break
            }
            usleep(1_000)
        }
        let over = recovery.map { String(format: "%.1f", $0) } ?? "> 3000"
        print(String(format: "%@ | %.2f | %@ |", outcome, elapsed, over))
    }

    private func short(_ text: String) -> String {
        let line = text.replacingOccurrences(of: "\n", with: " ").replacingOccurrences(of: "|", with: "/")
        return line.count > 140 ? line.prefix(140) + "…" : line
    }
}
