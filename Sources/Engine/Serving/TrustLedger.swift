import Gate
import Host
import Storage

/// Trust in the scorers that a gate weighs, learned from feedback and kept in the store: a search in one process sees what was
/// said in another.
struct TrustLedger: Sendable {
    private let store: Store

    init(_ store: Store) { self.store = store }

    /// Of scorers as they serve now; one that was swapped since it was judged isn't among them. A store that fails here costs the
    /// gate its memory, not the turn its answer.
    func known(_ configuration: Configuration) -> [String: ScorerTrust] {
        Self.valid((try? store.scorerTrusts()) ?? [], configuration).mapValues { ScorerTrust(advantage: $0.advantage, turns: $0.turns) }
    }

    func logarithms(_ configuration: Configuration) -> [String: Double] { known(configuration).mapValues(\.logarithm) }

    /// Compares what the scorers of a turn said with what was said of its candidates. A turn counts once, and only if the
    /// configuration that serves is the one that ranked it: another's scorers may be others.
    func learn(_ retrievalID: String, _ configuration: Configuration, configurationHash: String) throws {
        guard configuration.gate != nil else { return }
        try store.learnTrusts(retrievalID: retrievalID, atMilliseconds: Engine.now) { turn, known in
            guard turn.configuration == configurationHash else { return nil }
            let rows = turn.candidates.filter { $0.values.count == turn.weighed.count }.map {
                JudgedRow(values: $0.values, grade: $0.grade, wasShown: $0.wasShown)
            }
            guard let losses = ScorerTrust.losses(rows, scorers: turn.weighed.count) else { return nil }
            var trusts = Self.valid(known, configuration).mapValues { ScorerTrust(advantage: $0.advantage, turns: $0.turns) }
            ScorerTrust.update(&trusts, losses: Dictionary(zip(turn.weighed, losses), uniquingKeysWith: { first, _ in first }))
            return configuration.plugins.compactMap { plugin in
                trusts[plugin.id].map {
                    StoredTrust(scorer: plugin.id, identity: plugin.identity, advantage: $0.advantage, turns: $0.turns)
                }
            }
        }
    }

    private static func valid(_ known: [StoredTrust], _ configuration: Configuration) -> [String: StoredTrust] {
        let identities = Dictionary(configuration.plugins.map { ($0.id, $0.identity) }, uniquingKeysWith: { first, _ in first })
        return Dictionary(
            known.filter { identities[$0.scorer] == $0.identity }.map { ($0.scorer, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
