import Foundation
import GRDB

/// How far feedback trusts one scorer, as it is kept.
package struct StoredTrust: Sendable, Equatable {
    package var scorer: String
    /// Of its library and assets when this was learned.
    package var identity: String
    package var advantage: Double
    package var turns: Int

    package init(scorer: String, identity: String, advantage: Double, turns: Int) {
        self.scorer = scorer
        self.identity = identity
        self.advantage = advantage
        self.turns = turns
    }
}

/// A logged turn with what was said of its candidates.
package struct JudgedTurn: Sendable {
    package struct Candidate: Sendable {
        /// In the order of `weighed`; NaN = it said nothing.
        package let values: [Float]
        package let wasShown: Bool
        /// −1…1: the rating, else that it was used; nil = nothing was said.
        package let grade: Double?
    }

    /// Identity of the configuration that ranked, as the turn logged it.
    package let configuration: String
    package let weighed: [String]
    package let candidates: [Candidate]
}

extension Store {
    package func scorerTrusts() throws -> [StoredTrust] { try pool.read(Self.scorerTrusts) }

    /// Lets a turn with feedback change the trusts, once: `learn` gives the new ones, or nil if the feedback says nothing yet.
    /// One transaction, so that feedback of several processes adds up.
    package func learnTrusts(
        retrievalID: String, atMilliseconds: Int64, _ learn: (_ turn: JudgedTurn, _ known: [StoredTrust]) -> [StoredTrust]?
    ) throws {
        try pool.write { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT turn_id, configuration, weighed FROM turn
                        WHERE retrieval_id = ? AND weighed <> '' AND NOT is_trust_counted
                        """,
                    arguments: [retrievalID])
            else { return }
            let turnID: Int64 = row["turn_id"]
            let turn = JudgedTurn(
                configuration: row["configuration"], weighed: Self.split(row["weighed"], "\n"),
                candidates: try Self.judged(db, turnID))
            guard let learned = learn(turn, try Self.scorerTrusts(db)) else { return }
            for trust in learned {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO scorer_trust (scorer, identity, advantage, turns, at_ms) VALUES (?,?,?,?,?)",
                    arguments: [trust.scorer, trust.identity, trust.advantage, trust.turns, atMilliseconds])
            }
            try db.execute(sql: "UPDATE turn SET is_trust_counted = 1 WHERE turn_id = ?", arguments: [turnID])
        }
    }

    private static func scorerTrusts(_ db: Database) throws -> [StoredTrust] {
        try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM scorer_trust ORDER BY scorer")).map {
            StoredTrust(scorer: $0["scorer"], identity: $0["identity"], advantage: $0["advantage"], turns: $0["turns"])
        }
    }

    private static func judged(_ db: Database, _ turnID: Int64) throws -> [JudgedTurn.Candidate] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT c.position, c.scorer_values,
                    ifnull(max(CASE f.kind WHEN 'rating' THEN f.value END),
                        max(CASE WHEN f.kind IN ('referenced', 'hit') THEN f.value END)) AS grade
                FROM turn_candidate c LEFT JOIN feedback f USING (turn_id, memory) WHERE c.turn_id = ? GROUP BY c.rank ORDER BY c.rank
                """, arguments: [turnID]
        ).map { row in
            JudgedTurn.Candidate(values: floats(row["scorer_values"]), wasShown: (row["position"] as Int?) != nil, grade: row["grade"])
        }
    }
}
