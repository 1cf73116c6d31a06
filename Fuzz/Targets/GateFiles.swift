import Gate
import Host

/// A gate's weights file: what is read must write itself back the same, and answer with finite numbers.
func fuzzGateWeights(_ input: UnsafeRawBufferPointer) {
    let offered = GateShape.standardColumns
    guard let weights = try? GateWeights.read(Array(input), path: "/fuzz/gate.json", offered: offered) else { return }
    let again = try? GateWeights.read(Array(weights.json.utf8), path: "/fuzz/again.json", offered: offered)
    precondition(again == weights && weights.problem == nil, "a file that was read isn't the file that is written")
    var rows = GateRows(weights.shape, count: 5)
    for scorer in weights.shape.scorers.indices {
        rows.set(scorer: scorer, (0..<5).map { ($0 + scorer) % 4 == 0 ? .nan : Float($0 * scorer) / 10 })
    }
    let columns = weights.shape.columns.count
    rows.set(columns: (0..<5 * columns).map { $0 % 3 == 0 ? .infinity : Float($0) })
    var pass = GatePass(weights)
    pass.forward(rows)
    precondition(pass.scores.allSatisfy { Float($0 / Double(weights.temperature)).isFinite }, "a score isn't finite")
    precondition(pass.confidence.map { (0...1).contains($0) } ?? true, "a confidence beyond 0 to 1")
}
