extension ScorerShape {
    /// The sizes of a file's model. Which columns there are stands in the metadata, what the weights expect in the
    /// shapes: both must agree.
    init(_ file: SafetensorsFile, _ description: ScorerDescription) throws(SafetensorsError) {
        let norm = try file.shape("norm_f.weight", dimensions: 1)
        let word = try file.demand("block", allowed: ["mamba1", "mamba3", "s4d"])
        let layers = file.count { word == "s4d" ? "backbone.s4_layers.\($0).D" : "backbone.layers.\($0).mixer.in_proj.weight" }
        let mixer = layers == 0 || word != "mamba1"
            ? MixerShape(width: norm[0]) : try MixerShape(file, prefix: "backbone.layers.0.mixer.", width: norm[0])
        self.init(
            eventColumns: description.eventColumns.count, rowColumns: description.rowColumns.count,
            codeWidth: file.tensor("code.weight")?.shape.first ?? 0, mixer: mixer, layers: layers,
            readers: file.tensor("query.bias")?.shape.first ?? 0, pointwise: file.tensor("pointwise.bias")?.shape.first ?? 0,
            heads: description.heads.count, isResidual: file.tensor("residual.weight") != nil)
        switch word {
        case "mamba3": block = .mamba3(try Mamba3Shape(file, prefix: "backbone.layers.0.mixer.", width: norm[0]))
        case "s4d": block = .s4d(try S4DTrunkShape(file, prefix: "backbone.", width: norm[0]))
        default: block = .mamba
        }
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
    var blockMetadata: [String: String] {
        switch block {
        case .mamba: ["block": "mamba1"]
        case .mamba3(let shape): ["block": "mamba3", "groups": "\(shape.groups)", "decay": shape.decay.rawValue]
        case .s4d(let shape):
            ["block": "s4d", "norm": shape.norm.rawValue, "discretisation": shape.discretisation.rawValue]
        }
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

extension S4DTrunkShape {
    /// The sizes of the layers from the shapes of the first one's tensors; `norm` and `discretisation` from the metadata.
    init(_ file: SafetensorsFile, prefix: String, width: Int) throws(SafetensorsError) {
        let name = prefix + "s4_layers.0.kernel.C"
        let output = try file.shape(name, dimensions: 3)
        self.init(
            width: width, stateSize: 2 * output[1], norm: try file.choice("norm"),
            discretisation: try file.choice("discretisation"),
            hasInputMatrix: file.tensor(prefix + "s4_layers.0.kernel.B") != nil)
        guard isValid else {
            throw SafetensorsError(
                "sizes that no S4D layer has", at: "tensor \"\(name)\"", found: "\(output), width \(width)",
                allowed: "1 to \(1 << 15) modes, a width of 1 to \(1 << 16)")
        }
    }
}
