import Evaluation
import Heuristic
import Testing

/// F1 through our own code must be F1 as published: `references/retrieval.md` §1, dev split.
@Suite struct PublishedFiguresTests {
    struct Published: Sendable {
        let set: String
        let recall5, reciprocalRank, dcg10: Double
    }

    // python3 references/retrieval_reference.py dev
    static let published = [
        Published(set: "locomo", recall5: 0.7508, reciprocalRank: 0.6548, dcg10: 0.7897),
        Published(set: "realtalk", recall5: 0.4901, reciprocalRank: 0.5119, dcg10: 0.6454),
    ]

    @Test(
        .enabled(if: DialogueSet.folder("locomo") != nil, "data/ is not beside this checkout"),
        arguments: published)
    func figuresAreThePublishedOnes(_ published: Published) throws {
        guard let folder = DialogueSet.folder(published.set) else { return }
        let set = try DialogueSet(folder: folder)
        let standard = HeuristicParameters()
        let figures = try set.ranked([.plain, standard])
        for (name, queries) in zip(["plain", "standard"], figures) {
            let recall5 = RankingMetric.recall5.mean(queries)
            let reciprocalRank = RankingMetric.reciprocalRank.mean(queries)
            let dcg10 = RankingMetric.dcg10.mean(queries)
            print(published.set, name, queries.count, "R@5", recall5, "MRR", reciprocalRank, "DCG@10", dcg10)
            // Plain: float32 against float64 decides near-ties. Standard: bounds may cost .01.
            let tolerance = name == "plain" ? 0.001 : 0.01
            #expect(abs(recall5 - published.recall5) < tolerance)
            #expect(abs(reciprocalRank - published.reciprocalRank) < tolerance)
            #expect(abs(dcg10 - published.dcg10) < tolerance)
        }
    }
}
