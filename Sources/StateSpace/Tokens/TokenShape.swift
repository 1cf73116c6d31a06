/// Which mixer the layers of a sequence model have, with its sizes.
package enum SequenceBlock: Sendable, Equatable {
    /// Mamba-1, pre-norm RMSNorm.
    case mamba(MixerShape)
    /// Minimal S4D layers, pre-norm LayerNorm; N = `stateSize`.
    case s4d(width: Int, stateSize: Int)
    /// Without rotation the rows of the angles are held at zero: the same model with a real state.
    case mamba3(Mamba3Shape, rotates: Bool)

    /// D: width of the residual stream.
    package var width: Int {
        switch self {
        case .mamba(let shape): shape.width
        case .s4d(let width, _): width
        case .mamba3(let shape, _): shape.width
        }
    }
}

/// Embedding(V → D) → layers → the block's norm → Linear(D → outputs, no bias).
package struct TokenShape: Sendable, Equatable {
    package var vocabulary: Int
    package var outputs: Int
    package var layers: Int
    package var block: SequenceBlock

    package init(vocabulary: Int, outputs: Int, layers: Int, block: SequenceBlock) {
        self.vocabulary = vocabulary
        self.outputs = outputs
        self.layers = layers
        self.block = block
    }
}

/// Where a token network's tensors stand.
package struct TokenParameters: Sendable {
    enum Trunk: Sendable {
        case mamba(MambaParameters)
        case s4d(S4DConfiguration, S4DStackParameters)
        case mamba3(Mamba3StackParameters)
    }

    package let shape: TokenShape
    package let layout: ParameterLayout
    let embedding, norm, head: Int
    /// LayerNorm alone has one.
    let normBias: Int?
    let trunk: Trunk

    package init(_ shape: TokenShape) {
        var layout = ParameterLayout()
        let width = shape.block.width
        self.shape = shape
        embedding = layout.add("embedding.weight", [shape.vocabulary, width], decays: true)
        switch shape.block {
        case .mamba(let mixer):
            trunk = .mamba(
                MambaParameters(mixer, layers: shape.layers, prefix: "backbone.", in: &layout))
        case .s4d(let width, let stateSize):
            let configuration = S4DConfiguration(
                inputs: width, outputs: width, channels: width, stateSize: stateSize, layers: shape.layers)
            trunk = .s4d(
                configuration, S4DStackParameters(configuration, prefix: "backbone.", in: &layout))
        case .mamba3(let mixer, _):
            trunk = .mamba3(
                Mamba3StackParameters(mixer, layers: shape.layers, prefix: "backbone.", in: &layout))
        }
        norm = layout.add("norm_f.weight", [width], decays: false)
        if case .s4d = trunk {
            normBias = layout.add("norm_f.bias", [width], decays: false)
        } else {
            normBias = nil
        }
        head = layout.add("head.weight", [shape.outputs, width], decays: true)
        self.layout = layout
    }

    /// Embedding N(0, 0.02) (math 12.6) or as told; layers as their own initialisation has it; head as PyTorch's Linear.
    package func initialValues(embeddingScale: Double = 0.02, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        let width = shape.block.width
        var values = [Float](repeating: 0, count: layout.count)
        for index in embedding..<embedding + shape.vocabulary * width {
            values[index] = Float(embeddingScale * random.normal())
        }
        switch (trunk, shape.block) {
        case (.mamba(let place), .mamba(let mixer)):
            values.withUnsafeMutableBufferPointer { values in
                // Force unwrap: a model has parameters.
                place.initialize(values.baseAddress!, shape: mixer, using: &random)
            }
        case (.s4d(let configuration, let place), _):
            place.initialize(
                &values, configuration, eigenvalues: .linear, steps: 0.001...0.1, using: &random)
        case (.mamba3(let place), .mamba3(let mixer, _)):
            values.withUnsafeMutableBufferPointer { values in
                // Force unwrap: as above.
                place.initialize(values.baseAddress!, shape: mixer, using: &random)
            }
        default: preconditionFailure("the trunk is made from the block")
        }
        for index in norm..<norm + width { values[index] = 1 }
        let bound = 1 / Double(width).squareRoot()
        for index in head..<head + shape.outputs * width { values[index] = random.symmetric(bound) }
        for range in frozen { for index in range { values[index] = 0 } }
        return values
    }

    /// Parameters held at zero: the angles of a model without rotation.
    package var frozen: [Range<Int>] {
        guard case .mamba3(let place) = trunk, case .mamba3(let mixer, rotates: false) = shape.block else {
            return []
        }
        return place.mixers.map {
            let start = $0.inProjection + mixer.angleColumn * mixer.width
            return start..<start + mixer.angles * mixer.width
        }
    }
}
