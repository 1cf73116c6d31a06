import Engine
import StateSpace
import Testing

extension EveryLevel {
    /// Independent reference code in float64 is the judge (Tests/Golden/README.md).
    @Suite struct Goldens {
        @Test func everyS4DFileIsWithinItsLimitsOnEveryLevel() throws {
            let table = try GoldenEvaluation(folder: Golden.folder.path).run()
            for row in table.rows {
                #expect(row.isWithin, "\(row.file) on \(row.level): \(row.outputs as Any), \(row.gradients as Any)")
            }
            let files = Set(table.rows.map(\.file)).filter { $0.hasPrefix("public-s4d") }
            #expect(files.count == 7)
            #expect(table.rows.filter { $0.file.hasPrefix("public-s4d") }.count == 7 * DispatchLevel.all.count)
        }

        @Test func theLevelInUseBeforeIsInUseAfter() throws {
            let before = DispatchLevel.current
            _ = try GoldenEvaluation(folder: Golden.folder.path).run()
            #expect(DispatchLevel.current == before)
        }
    }
}
