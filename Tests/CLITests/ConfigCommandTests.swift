import Engine
import Foundation
import Testing

@testable import mneme

@Suite struct ConfigCommandTests {
    private func revision(_ number: Int, _ text: String, _ hash: String = "a") -> ConfigurationRevision {
        ConfigurationRevision(
            revision: number, atMilliseconds: 1_763_700_000_000, hash: "\(number)\(hash)", text: text, files: ["/p/x.so": hash],
            note: "/etc/plugins.json")
    }

    @Test func aDifferenceShowsChangedLinesWithSomeAroundThemAndChangedFiles() {
        let old = (1...9).map(String.init).joined(separator: "\n")
        let run = Run("config", "diff") {
            $0.revisions = [revision(2, old.replacingOccurrences(of: "5", with: "five"), "b"), revision(1, old)]
        }
        #expect(run.output.contains(" 4\n-5\n+five\n 6\n"))
        #expect(!run.output.contains(" 1\n"))
        #expect(run.output.contains("- /p/x.so sha256 a\n+ /p/x.so sha256 b\n"))
    }

    @Test func aHistoryIsNewestFirst() {
        let run = Run("config", "history") { $0.revisions = [revision(2, "{}"), revision(1, "{}")] }
        let lines = run.output.split(separator: "\n")
        #expect(lines.count >= 3 && lines[lines.count - 2].contains("2a") && lines[lines.count - 1].contains("1a"))
    }

    @Test func aRefusalOfOneServerIsExitCode78AndNobodyIs1() {
        let refused = ReloadView(
            pid: 7, outcome: "refused", cause: "SIGHUP", configuration: "c", summary: "refused, c serves on: x: elf: no",
            milliseconds: 3)
        let run = Run("plugin", "reload") { $0.reloads = [refused] }
        #expect(run.status == 78 && run.output.contains("process 7: refused"))
        #expect(Run("plugin", "reload").status == 1)
    }
}
