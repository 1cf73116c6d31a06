import Foundation

/// max|difference| / max|reference| of a tensor (ssm-math 11); infinite where the counts differ or a number is missing.
public func relativeError(_ values: [Float], _ reference: [Float]) -> Double {
    guard values.count == reference.count, !values.isEmpty else { return .infinity }
    var worst = 0.0
    var largest = 1e-30
    for (value, expected) in zip(values, reference) {
        let difference = abs(Double(value) - Double(expected))
        if difference.isNaN { return .infinity }
        worst = max(worst, difference)
        largest = max(largest, abs(Double(expected)))
    }
    return worst / largest
}

/// The worst of several comparisons, with the name of the tensor it was found in.
public struct WorstError: Sendable, CustomStringConvertible {
    public private(set) var value = 0.0
    public private(set) var tensor = "none"

    public init() {}

    public mutating func add(_ name: String, _ values: [Float], _ reference: [Float]) {
        let error = relativeError(values, reference)
        if error > value { (value, tensor) = (error, name) }
    }

    public var description: String { String(format: "%.1e", value) + " (\(tensor))" }
}
