import Glibc

/// Verdicts of the load gate, one small JSON file each, under a hash of all that they depend on.
///
/// Only passes are kept: a refusal is judged again at the next start, should the machine have been at fault.
struct VerdictStore: Sendable {
    private let folder: String
    /// Another number forgets all verdicts: raise it with every change of a check.
    private static let version = 3

    init(_ store: ObjectStore) { folder = "\(store.folder)/verdicts" }

    /// What a verdict depends on, line by line.
    static func key(_ lines: [String]) -> String {
        SHA256.hexadecimal(of: Array((["\(version)"] + lines).joined(separator: "\n").utf8))
    }

    func verdict(_ key: String) -> GateReport? {
        guard let bytes = try? FileBytes.read("\(folder)/\(key)", limit: 1 << 20), let root = try? JSONReader.read(bytes),
            case .object(let members) = root.value,
            case .array(let items) = members.first(where: { $0.key == "checks" })?.node.value
        else { return nil }
        var checks: [GateReport.Check] = []
        for item in items {
            guard case .array(let words) = item.value, words.count == 3, case .string(let name) = words[0].value,
                case .string(let outcome) = words[1].value, case .string(let detail) = words[2].value,
                let known = GateReport.Outcome(rawValue: outcome)
            else { return nil }
            checks.append(.init(stored: name, known, detail))
        }
        // Whatever a file says: what failed isn't served.
        guard !checks.isEmpty, checks.allSatisfy({ $0.outcome != .failed }) else { return nil }
        return GateReport(checks: checks, milliseconds: 0, isFromStore: true)
    }

    /// A verdict that can't be kept is no error: the gate runs again.
    func keep(_ report: GateReport, _ key: String) {
        let lines = report.checks.map { "[\(Self.quoted($0.name)), \(Self.quoted($0.outcome.rawValue)), \(Self.quoted($0.detail))]" }
        let text = "{\"checks\": [\n\(lines.joined(separator: ",\n"))\n]}\n"
        mkdir(folder, 0o700)
        let temporary = "\(folder)/.\(key.prefix(16)).\(getpid())"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let bytes = Array(text.utf8)
        let wrote = write(file, bytes, bytes.count)
        close(file)
        guard wrote == bytes.count, rename(temporary, "\(folder)/\(key)") == 0 else {
            unlink(temporary)
            return
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20: quoted += " "
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Size and time of this program and of the worker: another build judges anew.
    static let hostBuild: String = {
        let files = ["/proc/self/exe", WorkerSpawn.executable ?? ""]
        return files.map { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return "none" }
            return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        }.joined(separator: " ")
    }()
}
