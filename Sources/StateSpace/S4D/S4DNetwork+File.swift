/// A model as a file: the tensors under PyTorch's names, and in the metadata what shapes can't tell.
///
/// `model` = "s4d", `norm` = pre | post, `discretisation` = zoh | bilinear. Widths, depth, a trained B and the readout
/// come from the shapes.
extension S4DNetwork {
    /// Refused unless every tensor of such a model is there in its shape, and no other.
    package convenience init(_ file: SafetensorsFile) throws(SafetensorsError) {
        let configuration = try S4DConfiguration(file)
        let layout = S4DParameters(configuration).layout
        let expected = Set(layout.entries.map(\.name))
        if let stranger = file.names.first(where: { !expected.contains($0) }) {
            throw SafetensorsError(
                "a tensor that this model hasn't", at: "tensor \"\(stranger)\"",
                found: "\(file.names.count) tensors",
                allowed: "the \(expected.count) of an S4D model with \(configuration.layers) layers")
        }
        self.init(configuration, values: try layout.read(file))
    }

    /// Writes the model atomically; `metadata` join the model's own.
    package func write(to path: String, metadata: [String: String] = [:]) throws(SafetensorsError) {
        var writer = SafetensorsWriter(metadata: configuration.metadata.merging(metadata) { own, _ in own })
        parameters.layout.add(values, to: &writer)
        try writer.write(to: path)
    }
}

extension S4DConfiguration {
    /// What a file needs to say beside its tensors.
    package var metadata: [String: String] {
        ["model": "s4d", "norm": norm.rawValue, "discretisation": discretisation.rawValue]
    }

    /// Read from a file's metadata and shapes.
    package init(_ file: SafetensorsFile) throws(SafetensorsError) {
        guard file.metadata["model"] == "s4d" else {
            throw SafetensorsError(
                "another kind of model", at: "metadata \"model\"", found: file.metadata["model"] ?? "nothing",
                allowed: "s4d")
        }
        let encoder = try file.shape("encoder.weight", dimensions: 2)
        let decoder = try file.shape("decoder.weight", dimensions: 2)
        let modes = try file.shape("s4_layers.0.kernel.C", dimensions: 3)
        let (layers, channels) = (file.count { "s4_layers.\($0).D" }, encoder[0])
        guard decoder[1] == channels || decoder[1] == 2 * channels else {
            throw SafetensorsError(
                "a decoder that fits no readout", at: "tensor \"decoder.weight\"", found: "\(decoder)",
                allowed:
                    "[\(decoder[0]), \(channels)] for the mean, [\(decoder[0]), \(2 * channels)] for mean and largest"
            )
        }
        self.init(
            inputs: encoder[1], outputs: decoder[0], channels: channels, stateSize: 2 * modes[1],
            layers: layers)
        norm = try file.choice("norm")
        discretisation = try file.choice("discretisation")
        readout = decoder[1] == channels ? .mean : .meanAndMax
        hasInputMatrix = file.tensor("s4_layers.0.kernel.B") != nil
    }
}
