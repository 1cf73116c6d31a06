/// The fixed formula: what the bundled plugin runs and what the host falls back to. Pure arithmetic; a
/// row's score depends on that row alone, so any split or order of a batch gives the same bits.
/// Equal scores are the caller's to break: newer first.
package struct Heuristic: Sendable {
    package let parameters: HeuristicParameters
    package let columns: HeuristicColumns

    /// - Parameter columns: Where the columns stand; of the same mode as `parameters`.
    package init(_ parameters: HeuristicParameters, columns: HeuristicColumns) {
        precondition(parameters.mode == columns.mode, "columns of another mode")
        self.parameters = parameters
        self.columns = columns
    }

    /// Rows that hold exactly the mode's columns, in its order.
    package init(_ parameters: HeuristicParameters = HeuristicParameters()) {
        self.init(parameters, columns: HeuristicColumns(mode: parameters.mode))
    }

    package func score(row: UnsafeBufferPointer<Float>) -> Float {
        guard let start = row.baseAddress else { return 0 }
        var score: Float = 0
        withUnsafeMutablePointer(to: &score) {
            self.score(rows: start, count: 1, stride: row.count, into: $0)
        }
        return score
    }

    /// Scores `count` rows.
    ///
    /// - Parameters:
    ///   - rows: First column of the first row; finite values.
    ///   - stride: Floats from one row to the next.
    ///   - scores: Room for `count` values.
    package func score(
        rows: UnsafePointer<Float>, count: Int, stride: Int, into scores: UnsafeMutablePointer<Float>
    ) {
        switch parameters.mode {
        case .bounded:
            let formula = BoundedFormula(parameters, columns.indices)
            for row in 0..<count { scores[row] = formula.score(rows + row * stride) }
        case .effective:
            let formula = EffectiveFormula(columns.indices)
            for row in 0..<count { scores[row] = formula.score(rows + row * stride) }
        case .generativeAgents:
            let formula = GenerativeAgentsFormula(columns.indices)
            for row in 0..<count { scores[row] = formula.score(rows + row * stride) }
        }
    }

    /// What `parts(row:)` returns, by name and in its order.
    package var partNames: [String] { Self.partNames(mode: parameters.mode) }

    package static func partNames(mode: HeuristicMode) -> [String] {
        switch mode {
        case .bounded: BoundedFormula.partNames
        case .effective: EffectiveFormula.partNames
        case .generativeAgents: GenerativeAgentsFormula.partNames
        }
    }

    /// The score taken apart: increments that add up to it within 1e-5 of the larger of 1 and its size.
    ///
    /// Terms of a sum are themselves. Factors come after them in the order of `partNames`, each worth the
    /// change it makes to the product so far.
    package func parts(row: UnsafeBufferPointer<Float>) -> [Float] {
        guard let start = row.baseAddress else { return partNames.map { _ in 0 } }
        return switch parameters.mode {
        case .bounded: BoundedFormula(parameters, columns.indices).parts(start)
        case .effective: EffectiveFormula(columns.indices).parts(start)
        case .generativeAgents: GenerativeAgentsFormula(columns.indices).parts(start)
        }
    }
}
