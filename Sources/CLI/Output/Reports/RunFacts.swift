import Foundation

/// What a report says of the run that made it: enough to run it again.
struct RunFacts: Sendable {
    var list: [(name: String, value: String)]

    init(command: String, seed: UInt64, note: String? = nil, _ context: CommandContext) {
        let moment = Date(timeIntervalSince1970: Double(context.nowMilliseconds) / 1000)
        let date = ISO8601DateFormatter().string(from: moment)
        list = [("command", command), ("version", Version.text), ("machine", Self.machine), ("seed", "\(seed)"), ("date", date)]
        if let note { list.append(("note", note)) }
    }

    /// Processor, its threads, and the kernel.
    private static var machine: String {
        let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let name = processors.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
        let kernel = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? "?"
        let threads = ProcessInfo.processInfo.activeProcessorCount
        return Plain.line("\(name ?? "unknown processor"), \(threads) threads, Linux \(kernel)")
    }
}

extension OutputFile {
    /// A whole text at once.
    func create(_ text: String) throws {
        try create { path in
            guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
                throw failure("can't create the file")
            }
        }
    }
}
