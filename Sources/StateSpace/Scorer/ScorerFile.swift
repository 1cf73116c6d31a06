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

extension ScorerShape {
    /// The sizes of a file's model. Which columns there are stands in the metadata, what the weights expect in the
    /// shapes: both must agree.
    init(_ file: SafetensorsFile, _ description: ScorerDescription) throws(SafetensorsError) {
        let norm = try file.shape("norm_f.weight", dimensions: 1)
        let layers = file.count { "backbone.layers.\($0).mixer.in_proj.weight" }
        let isThird = try file.demand("block", allowed: ["mamba1", "mamba3"]) == "mamba3"
        let mixer = layers == 0 || isThird
            ? MixerShape(width: norm[0]) : try MixerShape(file, prefix: "backbone.layers.0.mixer.", width: norm[0])
        self.init(
            eventColumns: description.eventColumns.count, rowColumns: description.rowColumns.count,
            codeWidth: file.tensor("code.weight")?.shape.first ?? 0, mixer: mixer, layers: layers,
            readers: file.tensor("query.bias")?.shape.first ?? 0, pointwise: file.tensor("pointwise.bias")?.shape.first ?? 0,
            heads: description.heads.count, isResidual: file.tensor("residual.weight") != nil)
        if isThird { mamba3 = try Mamba3Shape(file, prefix: "backbone.layers.0.mixer.", width: norm[0]) }
        if file.tensor("list.norm_f.weight") != nil { list = try ListShape(file) }
        guard isValid else {
            throw SafetensorsError(
                "sizes beyond any sequence scorer", at: "the shapes",
                found: "\(eventColumns) event columns, \(rowColumns) row columns, codes of \(codeWidth), \(layers) layers, "
                    + "\(readers) readers, \(pointwise) pointwise",
                allowed: "at most 4096 each, codes up to \(IDCode.widest), and something to read")
        }
    }
}

extension ScorerShape.ListShape {
    init(_ file: SafetensorsFile) throws(SafetensorsError) {
        let norm = try file.shape("list.norm_f.weight", dimensions: 1)
        let layers = file.count { "list.backbone.layers.\($0).mixer.A_log" }
        self.init(
            mixer: try MixerShape(file, prefix: "list.backbone.layers.0.mixer.", width: norm[0]), layers: layers)
    }
}

extension ScorerShape {
    /// What shapes can't tell of the block.
    fileprivate var blockMetadata: [String: String] {
        guard let mamba3 else { return ["block": "mamba1"] }
        return ["block": "mamba3", "groups": "\(mamba3.groups)", "decay": mamba3.decay.rawValue]
    }
}

extension Mamba3Shape {
    /// Numbers of carried state.
    package var stateCount: Int { heads * (angles + state * headWidth + rank * (state + headWidth)) }

    /// The sizes of one mixer from the shapes of its tensors; `groups` and `decay` from the metadata.
    init(_ file: SafetensorsFile, prefix: String, width: Int) throws(SafetensorsError) {
        let bias = try file.shape(prefix + "B_bias", dimensions: 3)
        let out = try file.shape(prefix + "out_proj.weight", dimensions: 2)
        let rows = try file.shape(prefix + "in_proj.weight", dimensions: 2)[0]
        let groups = file.metadata["groups"].flatMap(Int.init) ?? 1
        let (heads, rank, state, inner) = (bias[0], bias[1], bias[2], out[1])
        let keys = (1...1 << 10).contains(groups) ? rank * groups * state : 0
        self.init(
            width: width, inner: inner, state: state, headWidth: max(inner / heads, 1), rank: rank,
            angles: rows - 2 * inner - 2 * keys - 3 * heads, groups: groups,
            isMultiInput: file.tensor(prefix + "mimo_x") != nil, outputNorm: file.tensor(prefix + "norm.weight") != nil,
            decay: try file.choice("decay"))
        guard keys > 0, isValid, self.heads == heads else {
            throw SafetensorsError(
                "sizes that no Mamba-3 block has", at: "tensor \"\(prefix)in_proj.weight\"",
                found: "\(rows) rows, B_bias \(bias), out_proj \(out), \(groups) groups",
                allowed: "2E + 2RGN + 3H + M rows, H a divisor of E, G of H, 2M at most N")
        }
    }
}
