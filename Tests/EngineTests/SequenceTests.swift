import Foundation
import StateSpace
import Testing

@testable import Engine

private struct Stop: Error {}

/// Sequences of items: reading, protocols, baselines, and training to evaluation on a small world.
@Suite struct SequenceTests {
    /// Users walk around a ring of items, so the last item tells the next.
    static func world(users: Int = 60, ring: Int = 30) -> SequenceSet {
        SequenceSet(
            name: "ring",
            users: (1...users).map { user in
                SequenceSet.User(
                    id: Int64(user), items: (0..<(4 + user % 5)).map { Int64((user * 7 + $0) % ring + 1) })
            }, items: (1...Int64(ring)).map { $0 })
    }

    static func folder(_ files: [String: String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "mneme-sequences-\(UUID().uuidString)/set")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("dev"), withIntermediateDirectories: true)
        for (name, text) in files {
            let plain = folder.appendingPathComponent(name)
            try Data(text.utf8).write(to: plain)
            let gzip = Process()
            gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            gzip.arguments = ["gzip", plain.path]
            try gzip.run()
            gzip.waitUntilExit()
        }
        return folder.path
    }

    static func ringFolder() throws -> String {
        let lines = world().users.map { "\($0.id)\t\($0.items.map(String.init).joined(separator: " "))" }
        return try folder(["dev/sequences.tsv": (["user\titems"] + lines).joined(separator: "\n") + "\n"])
    }

    @Test func sequencesAndInteractionsAreReadByWhatTheFolderHolds() throws {
        let ordered = try SequenceFolder(Self.ringFolder()).read()
        #expect(ordered.users.count == 60 && !ordered.hasTimes && ordered.items.count == 30)
        let timed = try SequenceFolder(
            Self.folder([
                "dev/interactions.tsv": "user\titem\trating\tts\n1\t4\t5\t100\n1\t2\t3\t160\n2\t4\t1\t90\n",
                "items.tsv": "item\ttitle\n1\ta\n2\tb\n4\td\n9\te\n",
            ])
        ).read()
        #expect(timed.users.map(\.items) == [[4, 2], [4]])
        #expect(timed.users[0].seconds == [100, 160])
        #expect(timed.items == [1, 2, 4, 9])
    }

    @Test(arguments: [
        ("user\titems\n1\t5 x\n", "line 2"), ("user\titems\n1\n", "columns"), ("user\titems\n1\t0\n", "numbers"),
    ])
    func aBrokenFileIsRefusedWithItsPlace(_ text: String, _ says: String) throws {
        let folder = try Self.folder(["dev/sequences.tsv": text])
        let error = #expect(throws: EngineError.self) { try SequenceFolder(folder).read() }
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
    }

    @Test func aFolderWithoutSequencesIsRefused() throws {
        #expect(throws: EngineError.self) { try SequenceFolder("/tmp") }
    }

    /// Worked out by hand from seqrec's rule with the published test value of splitmix64.
    @Test func sampledRivalsFollowTheRule() {
        // The first output of splitmix64 from state 0.
        #expect(SequenceQueries.splitMix64(0) == 0xe220_a839_7b1d_cdaf)
        let own = IndexedSequence(user: 3, rows: [5, 6, 7], seconds: nil)
        let rivals = SequenceQueries.negatives(own, items: 400)
        #expect(rivals.count == 100 && Set(rivals).count == 100)
        #expect(Set(rivals).isDisjoint(with: own.rows) && rivals.allSatisfy { (1...400).contains($0) })
        let hashes = (UInt64(0)..<300).map {
            Int32(SequenceQueries.splitMix64(3 * 1_000_003 + $0) % 400) + 1
        }
        #expect(Array(hashes.filter { ![5, 6, 7].contains($0) }.prefix(1)) == Array(rivals.prefix(1)))
        // A catalogue too small for a hundred has fewer.
        #expect(SequenceQueries.negatives(own, items: 20).count == 17)
    }

    @Test func theHistoryIsNotRankedAndEqualScoresShareTheirPlaces() throws {
        let whole = [IndexedSequence(user: 1, rows: [1, 2, 3, 4], seconds: nil)]
        let asked = SequenceQueries(whole, items: 10, fromEnd: 1)
        let query = try #require(asked.queries.first)
        #expect(query.target == 4 && query.context.rows == [1, 2, 3])
        var scores: [Float] = [-.infinity, 9, 9, 9, 5, 6, 5, 5, 5, 0, 0]
        // Behind item 5; equal to 6, 7 and 8, of which one counts as better.
        #expect(asked.places(query, scores: scores).full == 3)
        scores[4] = 7
        #expect(asked.places(query, scores: scores).full == 1)
        let early = SequenceQueries(whole, items: 10, fromEnd: 2)
        #expect(early.queries.first?.target == 3 && early.queries.first?.context.rows == [1, 2])
        #expect(SequenceQueries(whole, items: 10, fromEnd: 3).queries.isEmpty)
    }

    @Test func neighboursAreTheCosinesOfSharedUsers() {
        let users: [[Int32]] = [[1, 2], [1, 2, 3], [1, 4], [5]]
        let ranker = NeighbourRanker(
            users.enumerated().map { IndexedSequence(user: Int64($0), rows: $1, seconds: nil) }, items: 6)
        var scores = [Float](repeating: 0, count: 7)
        ranker.score(IndexedSequence(user: 9, rows: [1, 3], seconds: nil), to: &scores)
        // 3 is newer: its cosine with 2 is 1/√2, and 0.8 of that of 1 with 2, 2/√6.
        #expect(abs(scores[2] - (1 / Float(2).squareRoot() + 0.8 * 2 / Float(6).squareRoot())) < 1e-5)
        #expect(abs(scores[4] - 0.8 / Float(3).squareRoot()) < 1e-5)
        // Nobody's neighbour: by popularity, below all that are.
        #expect(scores[5] > scores[6] && scores[5] < 1e-3 && scores[6] == 0)
    }

    @Test func aTrainedModelKnowsTheRingAndComesBackFromItsFile() throws {
        let folder = try Self.ringFolder()
        let weights = folder + "/ring.safetensors"
        var options = SequenceTraining.Options()
        options.width = 16
        options.state = 4
        options.dropout = 0
        options.batch = 8
        options.learningRate = 1e-2
        options.epochs = 25
        options.patience = 25
        var epochs = 0
        let result = try SequenceTraining(folder: folder, output: weights, options: options).run(
            onStep: { _, _, _ in }, onEpoch: { _ in epochs += 1 })
        #expect(epochs == 25 && result.best >= 1 && result.epochs[result.best - 1].isBest)
        for tier in ["inline", "process"] {
            var plan = SequenceEvaluation(folder: folder, weights: weights)
            plan.tier = tier
            plan.pluginFolders = [try Self.products()]
            let table = try plan.run { _, _, _ in }
            #expect(table.rows.map(\.ranker) == ["popularity", "item-kNN", "Markov-1", "mamba", "mamba, \(tier)"])
            let figures = table.rows.map { $0.full.first { $0.name == "nDCG@10" }?.mean ?? 0 }
            #expect(figures[3] > 0.8 && figures[3] > figures[0] + 0.3, "\(figures)")
            // The library steps with carried state where the model runs the whole context: the same figures.
            #expect(table.degraded == [] && figures[4] == figures[3], "\(figures) \(table.degraded)")
            #expect(table.rows[4].sampled.map(\.mean) == table.rows[3].sampled.map(\.mean))
        }
    }

    /// Where the build puts libraries and the worker: beside the tests.
    static func products() throws -> String {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: executable).deletingLastPathComponent().path
    }

    @Test func aRunThatWasStoppedGoesOnToTheSameWeights() throws {
        let folder = try Self.ringFolder()
        var options = SequenceTraining.Options()
        options.width = 8
        options.state = 4
        options.batch = 16
        options.epochs = 4
        func train(_ name: String, checkpoint: String?, stopAfter: Int?) throws -> [UInt8] {
            var plan = SequenceTraining(folder: folder, output: folder + "/" + name, options: options)
            plan.checkpoint = checkpoint
            plan.resumes = checkpoint != nil
            do {
                _ = try plan.run(onStep: { _, _, _ in }) { if $0.number == stopAfter { throw Stop() } }
            } catch is Stop {}
            return Array(try Data(contentsOf: URL(fileURLWithPath: plan.output)))
        }
        let straight = try train("straight", checkpoint: nil, stopAfter: nil)
        _ = try train("parts", checkpoint: folder + "/checkpoint", stopAfter: 2)
        #expect(try train("parts", checkpoint: folder + "/checkpoint", stopAfter: nil) == straight)
    }

    @Test func theFiguresOfItemNeighboursOnAmazonGamesAreThoseOfTheBaselines() throws {
        let folder = "/work/shared/data/seqrec/games"
        guard FileManager.default.fileExists(atPath: folder) else {
            print("skipped: \(folder) is not on this machine")
            return
        }
        var plan = SequenceEvaluation(folder: folder)
        plan.limit = 2000
        let table = try plan.run { _, _, _ in }
        // All users: 0.6244 and 0.4228 (BASELINES.md); the first 2,000 are within three standard errors.
        let figures = table.rows[1].sampled.map(\.mean)
        #expect(abs(figures[0] - 0.6244) < 0.033 && abs(figures[1] - 0.4228) < 0.03, "\(figures)")
    }
}
