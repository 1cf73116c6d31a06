import Features
import Glibc

/// Columns of planted hops, in the order of `PathCatalog`: the catalogue's formulas over the hop and the way to it.
package enum PlantedHopColumns {
    /// Appends hops × columns.
    package static func append(_ path: PlantedPath, to values: inout [Float]) {
        var prefix = Prefix()
        for hop in path.hops {
            prefix.cross(hop)
            append(hop, prefix, feedback: path.feedback, to: &values)
        }
    }

    private struct Prefix {
        var hops: Float = 0
        var leastConfidence: Float = 1
        var aspects: Float = 0
        var crossings: Float = 0
        var logStrength: Float = 0

        mutating func cross(_ hop: PlantedHop) {
            hops += 1
            leastConfidence = min(leastConfidence, hop.confidence)
            aspects += hop.aspectWeight
            if hop.crosses { crossings += 1 }
            logStrength += log(max(hop.strength, 1e-3))
        }
    }

    private static func append(_ hop: PlantedHop, _ prefix: Prefix, feedback: Float, to values: inout [Float]) {
        let first = values.count
        values += PathCatalog.absentValues
        func set(_ place: Place, _ value: Float) { values[first + place.rawValue] = value }
        set(.age, hop.logAge)
        set(.importance, hop.value)
        set(.uses, hop.logUses)
        set(.isEmbedded, 1)
        set(.isSuperseded, hop.isSuperseded ? 1 : 0)
        set(.isConstraint, hop.isFlagged ? 1 : 0)
        set(.density, hop.logNeighbours)
        set(.hopCount, prefix.hops / 10)
        set(.leastConfidence, prefix.leastConfidence)
        set(.aspectWeight, prefix.aspects / prefix.hops)
        set(.crossings, prefix.crossings / prefix.hops)
        set(.feedback, feedback)
        set(.logStrength, prefix.logStrength)
        set(.focalDistance, Float(hop.distance) / 4)
        set(.strength, hop.strength)
        set(.confidence, hop.confidence)
        set(.relation, Float(hop.relation))
    }

    /// Where the columns stand in the catalogue; a test holds the names to it.
    enum Place: Int, CaseIterable {
        case age = 0
        case importance, uses
        case isEmbedded = 10
        case isSuperseded
        case isConstraint = 14
        case density
        case hopCount = 17
        case leastConfidence, aspectWeight, crossings, feedback, logStrength, focalDistance, strength, confidence, relation
    }
}
