import Engine
import StateSpace
import Testing

extension EveryLevel {
    @Suite struct Equivalences {
        @Test func bothWaysGiveTheSameNumbers() {
            var evaluation = EquivalenceEvaluation()
            (evaluation.width, evaluation.layers, evaluation.state, evaluation.length) = (24, 2, 6, 40)
            evaluation.pathLengths = [1, 6, 300]
            let before = DispatchLevel.current
            let rows = evaluation.run()
            for row in rows { #expect(row.isWithin, "\(row)") }
            #expect(rows.count == DispatchLevel.all.count * (2 + 1 + 2 * 2 + 3 * 3))
            #expect(DispatchLevel.current == before)
            // Bit for bit: no kernel's answer for a row depends on the rows beside it.
            for row in rows where row.check.hasPrefix("scan") { #expect(row.error == 0, "\(row)") }
            // Two different computations: equal to the last bit, the test would compare a thing with itself.
            #expect(rows.contains { $0.check == "convolution = recurrence" && $0.error > 0 })
            #expect(rows.contains { $0.check == "merged = unmerged LoRA" && $0.error > 0 })
        }
    }
}
