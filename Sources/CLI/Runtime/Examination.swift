import Engine
import Foundation
import Server

/// Looks at the installation and says what is wrong and what to do.
struct Examination {
    let runtime: EngineRuntime
    let store: StoreOptions
    let scope: Scope

    func examine() -> [DoctorFinding] {
        var findings = Installation.ofThisProcess()?.findings() ?? []
        do {
            let named = try runtime.configuration(store)
            findings.append(
                DoctorFinding(
                    subject: "configuration", level: .ok, detail: named?.path ?? "built in (no plugins.json)",
                    remedy: nil))
        } catch {
            findings.append(
                DoctorFinding(
                    subject: "configuration", level: .problem, detail: "\(error)",
                    remedy: "give another file with --config"))
            return findings
        }
        do {
            let engine = try runtime.open(store)
            let status = try engine.status(scope: scope)
            findings.append(
                DoctorFinding(
                    subject: "store", level: .ok,
                    detail:
                        "\(status.databasePath): \(status.memories) memories, \(status.sessions) sessions, \(status.events) events, \(status.turns) turns",
                    remedy: nil))
            let integrity = try engine.integrityCheck()
            findings.append(
                DoctorFinding(
                    subject: "integrity", level: integrity == "ok" ? .ok : .problem, detail: integrity,
                    remedy: integrity == "ok"
                        ? nil : "restore a backup (mneme backup), or export what can be read"))
            if let combiner = engine.combinerProblem {
                findings.append(
                    DoctorFinding(
                        subject: "combiner", level: .warning, detail: combiner,
                        remedy: "turns are answered by plugins.json's fallback until this is mended (docs/gate.md)"))
            }
            for plugin in engine.plugins() {
                let isLive = plugin.state == "live" || plugin.state == "disabled"
                findings.append(
                    DoctorFinding(
                        subject: plugin.id, level: isLive ? .ok : .warning,
                        detail:
                            "\(plugin.state)\(plugin.version.map { " \($0)" } ?? ""), \(plugin.tier)\(plugin.reason.map { ": \($0)" } ?? "")",
                        remedy: isLive
                            ? nil : "answers come from the other scorers or the floor until this is mended"))
                if plugin.isDistrusted {
                    findings.append(
                        DoctorFinding(
                            subject: plugin.id, level: .warning, detail: plugin.warnings.last ?? "",
                            remedy: "look at what it ranks (mneme search --scorer \(plugin.id) --explain); swap it or take it out"))
                }
            }
        } catch {
            findings.append(
                DoctorFinding(
                    subject: "store", level: .problem, detail: "\(error)",
                    remedy: "give another file with --db, or mend what is named"))
        }
        return findings
    }
}
