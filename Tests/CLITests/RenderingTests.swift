import Engine
import Foundation
import Server
import Testing

@testable import mneme

private let now = "2026-11-21T12:00:00Z"
private let terminal = Terminal(isTerminal: true, columns: 80)

@Suite struct RenderingTests {
    @Test func listIsATableThatEndsAtTheWidth() {
        #expect(
            Run("list", "--now", now).output == """
                id   age  type  author     text
                m_1   1d  rule  Ben     p  We keep three backups.

                """)
        let long = Run("list", "--now", now) {
            $0.views[0].memory.text = String(repeating: "wort ", count: 40)
        }
        #expect(long.output.split(separator: "\n").map { String($0).columnCount }.max() == 80)
        #expect(Run("list", "--quiet").output == "m_1\n")
    }

    @Test func getShowsTheTextThenWhatIsKnown() {
        #expect(
            Run("get", "m_1", "--now", now).output == """
                We keep three backups.

                id             m_1
                type           rule
                author         Ben
                importance     0.80
                marks          pinned
                created        2026-11-20T12:00:00Z (1d)
                entities       NAS (device: backup)
                accessed       4 times, last 2026-11-21T12:00:00Z
                source         cli
                metadata       {"ticket":7}

                """)
    }

    @Test func evaluationIsATableOfRankersAndMetrics() {
        #expect(
            Run("eval", "retrieval", "/tmp").output == """
                ranker           R@5          MRR  pool recall  ms/query
                fts5           0.469        0.410        0.910      0.82
                         0.440–0.498  0.380–0.440
                bounded        0.751        0.655        0.970      1.62
                         0.730–0.770  0.630–0.680

                locomo/dev: 5 conversations, 2,960 memories, 1,020 questions · 95 % BCa over
                questions, 2000 resamples, seed 7

                """)
    }

    @Test func parityIsATableOfFilesAndLevels() {
        #expect(
            Run("eval", "golden", "/tmp").output == """
                file              level      outputs    limit  gradients    limit  worst tensors
                public-s4d-layer  x86-64-v4  2.5e-07  1.0e-05    3.1e-07  1.0e-04  out.y, grad.…
                not run: public-quant.safetensors: kind quant
                1 of 1 runs within their limits, 1 files not run

                """)
    }

    @Test func twoWaysAreATableOfErrors() {
        #expect(
            Run("eval", "equivalence").output == """
                model             check        steps  level      error    limit
                mamba d64 L4 N16  scan = step    256  x86-64-v4      0  2.0e-06
                1 of 1 within their limits

                """)
    }

    @Test func trainingEndsWithTheAccuraciesPerLength() {
        let run = Run("train", "task", "parity", "--block", "mamba3", "--no-rotation", "--seed", "3")
        #expect(
            run.output == """
                parity, mamba3 without rotation, seed 3, 67,520 parameters, 1,500 steps in 1 min 13 s, 3,569 examples/s, loss 0.0002
                length  accuracy
                    64    1.0000  trained here
                 1,024    0.9961

                """)
        #expect(run.seen.training?.rotates == false && run.seen.training?.threads == 2)
        #expect(
            TrainingLine.text(
                .init(step: 1200, steps: 1500, loss: 0.25, examplesPerSecond: 3100.4, secondsLeft: 64))
                == "step 1,200/1,500  loss 0.2500  3,100 examples/s  1 min 4 s left")
    }

    @Test func theCurveIsAFileOfLines() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(Run("train", "task", "induction", "--curve", path).status == 0)
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == "{\"step\":50,\"loss\":2.5,\"accuracy\":0.125,\"seconds\":1.5}\n")
    }

    @Test func pluginListSaysWhyAScorerIsNotLive() {
        #expect(
            Run("plugin", "list").output == """
                id         version  tier     state    calls  late  failed  library
                heuristic  1.0.0    inline   live     1,200     0       0  -
                mamba      -        watched  refused      0     0       0  -
                mamba: manifest: no ELF note; rebuild it with the SDK

                """)
    }

    @Test func pluginInfoIsTheManifestAsAList() {
        #expect(
            Run("plugin", "info", "x.so").output == """
                heuristic 1.0.0
                  library  /lib/libHeuristicScorer.so
                  sha256   ab12
                  scope    row
                  head     relevance over candidate
                  option   mode: bounded | effective, default bounded
                  column   text.bm25@1
                  column   memory.log_age_days@1
                  to pin these bytes in plugins.json: "library": { "path": "/lib/libHeuristicScorer.so", "sha256": "ab12" }

                """)
    }

    @Test func doctorSaysWhatToDo() {
        let run = Run("doctor") {
            $0.findings.append(
                DoctorFinding(
                    subject: "plugins.json", level: .problem, detail: "line 4: unknown key",
                    remedy: "correct the key"))
        }
        #expect(
            run.output == """
                ok       store         /tmp/m.db, integrity ok
                problem  plugins.json  line 4: unknown key
                                       do: correct the key

                """)
    }

    @Test func howSureTheGateIsStandsBesideWhoScored() {
        let run = Run("search", "q") {
            $0.ranking = Ranking(retrievalID: "", memories: [])
            $0.ranking.confidence = 0.834
        }
        #expect(run.output.contains("scored by no scorer · 83% sure that something fits\n"))
    }

    @Test func trustIsAColumnOnlyWhereAGateServes() {
        #expect(!Run("plugin", "list").output.contains("trust"))
        let run = Run("plugin", "list") { $0.plugins[0].trust = 0.07 }
        #expect(run.output.contains("failed  trust  library") && run.output.contains("0   0.07  -"))
    }

    @Test func anEmptyAnswerSaysSo() {
        let run = Run("search", "q") { $0.ranking = Ranking(retrievalID: "", memories: []) }
        #expect(run.output == "nothing found\n\n0 of 0 candidates · scored by no scorer\n0.00 ms\n")
    }

    @Test func colourIsForTerminalsThatWantIt() {
        let escape = "\u{1B}["
        #expect(Run("search", "q", terminal: terminal).output.contains(escape))
        #expect(Run("search", "q", terminal: terminal).output.contains("\(escape)33mdegraded: mamba"))
        #expect(!Run("search", "q").output.contains(escape))
        #expect(!Run("search", "q", "--no-color", terminal: terminal).output.contains(escape))
        #expect(!Run("search", "q", "--json", terminal: terminal).output.contains(escape))
        #expect(!Run("search", "q", terminal: terminal, variables: ["NO_COLOR": "1"]).output.contains(escape))
        #expect(Run("search", "q", terminal: terminal, variables: ["NO_COLOR": ""]).output.contains(escape))
        #expect(!Run("search", "q", terminal: terminal, variables: ["TERM": "dumb"]).output.contains(escape))
        #expect(Run("serch", terminal: terminal).error.hasPrefix("\(escape)31merror: "))
    }

    @Test func aMemoryCantSteerTheTerminal() {
        let evil = "a\u{1B}[2J\u{1B}]0;title\u{7}\u{202E}b"
        for arguments in [["search", "q"], ["search", "q", "--explain"], ["get", "m_1"], ["list"]] {
            let run = Run(arguments: arguments) {
                $0.ranking.memories[0].text = evil
                $0.ranking.memories[0].why = evil
                $0.ranking.memories[0].author = evil
                $0.ranking.degraded = [evil]
                $0.views[0].memory.text = evil
                $0.views[0].memory.author = evil
            }
            #expect(!run.output.unicodeScalars.contains { "\u{1B}\u{7}\u{202E}".unicodeScalars.contains($0) })
        }
    }

    @Test func quietLeavesOnlyResults() {
        let run = Run("search", "q", "--quiet")
        #expect(!run.output.contains("candidates"))
        #expect(Run("init", "--quiet").output == "")
    }

    @Test func progressShowsShareRateAndTimeLeft() {
        #expect(
            ProgressLine.text("importing", done: 250, total: 1000, count: 5000, seconds: 10, width: 79)
                == "importing  ███████░░░░░░░░░░░░░░░░░░░░░░░   25%  5,000  500/s  30 s left")
        #expect(
            ProgressLine.text("importing", done: 9, total: nil, count: 90, seconds: 3, width: 79)
                == "importing  90  30/s")
        #expect(
            ProgressLine.text("importing", done: 0, total: 10, count: 0, seconds: 0, width: 30).columnCount
                <= 30)
    }

    @Test func progressIsForTerminalsOnly() {
        let event = ImportEvent.progress(ImportProgress(recordsDone: 1, unitsDone: 1, unitsTotal: 2))
        #expect(Run("import", "-", prepareEvents: [event]).error == "")
        #expect(Run("import", "-", terminal: terminal, prepareEvents: [event]).error.contains("50%"))
        #expect(Run("import", "-", terminal: terminal, prepareEvents: [event]).error.hasSuffix("\r\u{1B}[K"))
    }
}

extension Run {
    fileprivate init(_ arguments: String..., terminal: Terminal = .none, prepareEvents: [ImportEvent]) {
        self.init(arguments: arguments, terminal: terminal) { $0.importEvents = prepareEvents }
    }
}
