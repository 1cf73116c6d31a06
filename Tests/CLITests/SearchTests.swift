import Testing

@testable import mneme

private let now = "2026-11-21T12:00:00Z"

@Suite struct SearchTests {
    @Test func showsMemoriesInOutputOrderWithTheirReasons() {
        let run = Run("search", "where do backups go?", "--now", now)
        #expect(run.status == 0)
        #expect(
            run.output == """
                1  0.7500   3d  Anna  The nightly backup goes to the NAS in the cellar; the
                                      weekly one goes to the office.
                                      names "backup"; said by Anna; 3 days old · m_1
                2  0.2500  40d  Ben   We keep three backups.
                                      names "backups" · m_2

                2 of 1,432 candidates · scored by heuristic 1.0.0
                1.50 ms: candidates 0.80, scoring 0.25
                mneme explain r_7
                degraded: mamba: late (2.4 ms of 2 ms)

                """)
    }

    @Test func explainShowsEveryPartAsASignedBarAndTheDroppedWithTheirReason() {
        let run = Run("explain", "r_7", "--quiet")
        #expect(
            run.output == """
                 1  0.7500  m_1  rank 1 · tier 1 · from text
                    The nightly backup goes to the NAS in the cellar; the weekly one goes to th…
                    text.bm25      +0.5000  ██████████████████████████████
                    author.named   +0.3750                                ██████████████████████
                    recency        -0.1250                                               ░░░░░░░
                 2  0.2500  m_2  rank 2 · tier 2 · from text, neighbour
                    We keep three backups.
                    text.bm25      +0.2500  ███████████████
                 -  0.1250  m_3  rank 3  dropped: superseded
                    text.bm25      +0.1250  ███████

                """)
    }
}
