import Engine
import StateSpace
import Testing

extension EveryLevel {
    /// Independent reference code in float64 is the judge (Tests/Golden/README.md).
    @Suite struct Goldens {
        @Test func everyFileIsWithinItsLimitsOnEveryLevel() throws {
            let table = try GoldenEvaluation(folder: Golden.folder.path).run()
            for row in table.rows {
                #expect(
                    row.isWithin,
                    "\(row.file) on \(row.level): \(row.outputs as Any), \(row.gradients as Any)")
            }
            let ours = table.rows.filter { $0.kind.hasPrefix("s4d") || $0.kind == "ssd" }
            #expect(
                ours.count == 8 * DispatchLevel.all.count, "seven files of S4D and one of Mamba-2's operator")
        }

        @Test func theLevelInUseBeforeIsInUseAfter() throws {
            let before = DispatchLevel.current
            _ = try GoldenEvaluation(folder: Golden.folder.path).run()
            #expect(DispatchLevel.current == before)
        }
    }
}
