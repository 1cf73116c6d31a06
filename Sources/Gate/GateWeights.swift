/// A trained gate: everything that decides what it answers. A value; `GatePass` computes with it.
package struct GateWeights: Sendable, Equatable {
    package let shape: GateShape
    package let places: GatePlaces
    /// [places.count], finite.
    package let parameters: [Float]
    /// Scores that leave are divided by it: what a draw of the slate takes for one unit. Confidence doesn't see it.
    package var temperature: Float
    /// SHA-256 of what it was trained from, hexadecimal; empty = nobody said.
    package var trainingHash: String

    package init(_ shape: GateShape, parameters: [Float]? = nil, temperature: Float = 1, trainingHash: String = "") {
        self.shape = shape
        places = GatePlaces(shape)
        self.parameters = parameters ?? places.initialParameters()
        precondition(self.parameters.count == places.count, "these numbers are another gate's")
        self.temperature = temperature
        self.trainingHash = trainingHash
    }

    /// Why these numbers can't serve; nil = they can.
    package var problem: String? {
        for entry in places.entries {
            for place in entry.range where !(abs(parameters[place]) <= entry.largest) {
                return "\(entry.name)[\(place - entry.range.lowerBound)] is \(parameters[place]); "
                    + "allowed: −\(Int(entry.largest)) to \(Int(entry.largest))"
            }
        }
        for column in shape.columns where !column.mean.isFinite || !(column.scale > 0 && column.scale.isFinite) {
            return "column \(column.name) has mean \(column.mean) and scale \(column.scale); allowed: finite, and a scale above 0"
        }
        return temperature > 0 && temperature.isFinite ? nil : "the temperature is \(temperature); allowed: above 0"
    }
}
