extension Turn {
    /// The trained combiner; nil = it can't be used for this turn, and `degraded` says why.
    func gated() -> Combination? {
        switch configuration.gate {
        case .success(let gate):
            let outcomes = askAll(but: gate.strangersLeftOut)
            if let stranger = gate.stranger(among: outcomes) {
                degraded.append("\(stranger); combiner.whenNoWeightsFor is \"fallback\"")
                return nil
            }
            var block = gate.columns.isEmpty ? nil : self.block(gate.columns)
            if let problem = block.flatMap({ CallInputs.problem($0, rows: request.rowCount, columns: gate.columns.count) }) {
                degraded.append("the gate weighs without its columns: \(problem)")
                block = nil
            }
            return gate.combine(outcomes, columns: block, rows: request.rowCount, trust: request.trust)
        case .failure(let error): degraded.append("the gate isn't used: \(error)")
        case nil: break
        }
        return nil
    }
}
