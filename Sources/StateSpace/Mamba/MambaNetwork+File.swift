/// A network as a file: the tensors under PyTorch's names, and in the metadata what shapes can't tell.
///
/// `model` = "mamba", `gap_rule` = log | bounded:δ. Widths, depth and rank come from the shapes.
extension MambaNetwork {
    /// Refused unless every tensor of such a network is there in its shape, and under the prefix no other.
    package convenience init(
        _ file: SafetensorsFile, prefix: String = "", kernels: KernelTable = .best, trains: Bool = false
    ) throws(SafetensorsError) {
        let shape = try NetworkShape(file, prefix: prefix)
        let values = try NetworkParameters(shape).read(file, prefix: prefix, shape)
        self.init(shape, gapRule: try GapRule(file), kernels: kernels, trains: trains)
        let parameters = FloatBuffer(values)
        load(parameters.start)
    }

    /// Writes `parameters` [layout.count] atomically; `metadata` join the network's own.
    package func write(
        _ parameters: Floats, to path: String, metadata: [String: String] = [:]
    ) throws(SafetensorsError) {
        var writer = SafetensorsWriter(metadata: self.metadata.merging(metadata) { own, _ in own })
        let values = Array(UnsafeBufferPointer(start: parameters, count: place.layout.count))
        place.layout.add(values, to: &writer)
        try writer.write(to: path)
    }

    /// What a file needs to say beside its tensors.
    package var metadata: [String: String] { ["model": "mamba", "gap_rule": stack.gapRule.word] }
}

extension NetworkParameters {
    /// The flat vector of a file's network.
    package func read(
        _ file: SafetensorsFile, prefix: String, _ shape: NetworkShape
    ) throws(SafetensorsError) -> [Float] {
        let expected = Set(layout.entries.map { prefix + $0.name })
        if let stranger = file.names.first(where: { $0.hasPrefix(prefix) && !expected.contains($0) }) {
            throw SafetensorsError(
                "a tensor that this network hasn't", at: "tensor \"\(stranger)\"",
                found: "\(file.names.count) tensors",
                allowed: "the \(expected.count) of a Mamba network with \(shape.layers) layers")
        }
        return try layout.read(file, prefix: prefix)
    }
}

extension NetworkShape {
    /// Read from a file's metadata and shapes; whether all other shapes fit is checked when they are read.
    package init(_ file: SafetensorsFile, prefix: String = "") throws(SafetensorsError) {
        guard file.metadata["model"] == "mamba" else {
            throw SafetensorsError(
                "another kind of model", at: "metadata \"model\"", found: file.metadata["model"] ?? "nothing",
                allowed: "mamba")
        }
        let embed = try file.shape(prefix + "embed.weight", dimensions: 2)
        let head = try file.shape(prefix + "head.weight", dimensions: 2)
        let layers = file.count { "\(prefix)backbone.layers.\($0).mixer.A_log" }
        let mixer = try MixerShape(file, prefix: "\(prefix)backbone.layers.0.mixer.", width: embed[0])
        self.init(inputs: embed[1], mixer: mixer, layers: layers, outputs: head[0])
    }
}

extension MixerShape {
    /// The sizes of one mixer from the shapes of its tensors.
    package init(_ file: SafetensorsFile, prefix: String, width: Int) throws(SafetensorsError) {
        let decay = try file.shape(prefix + "A_log", dimensions: 2)
        let taps = try file.shape(prefix + "conv1d.weight", dimensions: 3)
        let rank = try file.shape(prefix + "dt_proj.weight", dimensions: 2)
        self.init(
            width: width, inner: decay[0], state: decay[1], taps: taps[2], stepRank: rank[1],
            projectionBias: file.tensor(prefix + "in_proj.bias") != nil,
            convolutionBias: file.tensor(prefix + "conv1d.bias") != nil,
            timeDecay: file.tensor(prefix + "time_decay") != nil)
        // Constants in the place of x_proj's matrix.
        isSelective = file.tensor(prefix + "x_proj.bias") == nil
        guard isValid else {
            throw SafetensorsError(
                "sizes beyond any model", at: "tensor \"\(prefix)A_log\"",
                found: "width \(width), \(decay), \(taps), rank \(rank[1])", allowed: "1 to \(1 << 16) each")
        }
    }
}

extension GapRule {
    package var word: String {
        switch self {
        case .logarithm: "log"
        case .bounded(let bound): "bounded:\(bound)"
        }
    }

    package init(_ file: SafetensorsFile) throws(SafetensorsError) {
        let word = file.metadata["gap_rule"]
        if word == "log" {
            self = .logarithm
        } else if let word, word.hasPrefix("bounded:"), let bound = Float(word.dropFirst(8)), bound.isFinite,
            bound >= 0
        {
            self = .bounded(bound)
        } else {
            throw SafetensorsError(
                "an unknown rule", at: "metadata \"gap_rule\"", found: word ?? "nothing",
                allowed: "log, or bounded: and a number of at least 0")
        }
    }
}
