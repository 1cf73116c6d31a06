/// A sequence scorer's weights file, read whole and checked: sizes come from the shapes of the tensors, names from the
/// metadata, and what doesn't fit is refused with both.
package struct ScorerFile: Sendable {
    package let description: ScorerDescription
    package let shape: ScorerShape
    package let scales: ScorerScales
    /// All parameters, laid out as `ScorerParameters(shape)` says.
    package let values: [Float]
    /// How a state becomes at most 256 bytes; nil = the host replays events instead.
    package let compact: CompactProjection?

    package init(
        description: ScorerDescription, shape: ScorerShape, scales: ScorerScales, values: [Float],
        compact: CompactProjection? = nil
    ) {
        self.description = description
        self.shape = shape
        self.scales = scales
        self.values = values
        self.compact = compact
    }

    package init(_ file: SafetensorsFile) throws(SafetensorsError) {
        description = try ScorerDescription(file)
        shape = try ScorerShape(file, description)
        let layout = ScorerParameters(shape).layout
        let expected = Set(layout.entries.map(\.name) + Self.fixed + CompactProjection.names)
        if let stranger = file.names.first(where: { !expected.contains($0) }) {
            throw SafetensorsError(
                "a tensor that this model hasn't", at: "tensor \"\(stranger)\"", found: "\(file.names.count) tensors",
                allowed: "the \(expected.count) of a sequence scorer with \(shape.layers) layers")
        }
        values = try layout.read(file)
        scales = ScorerScales(
            events: try Self.affine(file, "event", shape.eventColumns), rows: try Self.affine(file, "row", shape.rowColumns))
        compact = try CompactProjection(file, shape)
    }

    /// The model, ready to score.
    package func model(kernels: KernelTable = .best) -> SequenceScorer {
        let scorer = SequenceScorer(shape, scales: scales, gapRule: description.gapRule, kernels: kernels)
        let parameters = FloatBuffer(values)
        scorer.load(parameters.start)
        return scorer
    }

    package func writer(metadata: [String: String] = [:]) -> SafetensorsWriter {
        let own = description.metadata.merging(shape.blockMetadata) { own, _ in own }
        var writer = SafetensorsWriter(metadata: own.merging(metadata) { own, _ in own })
        ScorerParameters(shape).layout.add(values, to: &writer)
        for (name, affine) in [("event", scales.events), ("row", scales.rows)] where !affine.mean.isEmpty {
            writer.add("\(name).mean", affine.mean, shape: [affine.mean.count])
            writer.add("\(name).scale", affine.scale, shape: [affine.scale.count])
        }
        compact?.add(to: &writer)
        return writer
    }

    private static let fixed = ["event.mean", "event.scale", "row.mean", "row.scale"]

    private static func affine(
        _ file: SafetensorsFile, _ name: String, _ columns: Int
    ) throws(SafetensorsError) -> ScorerScales.Affine {
        guard columns > 0 else { return .identity(0) }
        let mean = try file.floats("\(name).mean", shape: [columns])
        let scale = try file.floats("\(name).scale", shape: [columns])
        guard (mean + scale).allSatisfy(\.isFinite) else {
            throw SafetensorsError(
                "a number that isn't finite", at: "tensor \"\(name).mean\" or \"\(name).scale\"", found: "NaN or infinity",
                allowed: "finite numbers")
        }
        return ScorerScales.Affine(mean: mean, scale: scale)
    }
}
