/// What runs over the hops of a path, between encoder and readout.
package enum PathTrunk: Sendable, Equatable {
    /// What ships: `PathConfiguration.s4d`.
    case s4d
    /// For comparison: Mamba-1 blocks, x ← x + mixer(RMSNorm(x)).
    case mamba(width: Int, layers: Int)
    /// For comparison: every hop alone through feed-forward blocks, and one more over what the readout pools.
    case pooled(width: Int, layers: Int)
}

/// Where the tensors of a comparison's model stand: encoder, trunk, decoder.
struct HopParameters: Sendable, Equatable {
    let layout: ParameterLayout
    let width: Int
    /// What the readout gives: mean alone, or mean and largest.
    let pooledWidth: Int
    let encoder, decoder: S4DParameters.Affine
    let mamba: MambaParameters?
    let feeds: [FeedForwardParameters]
    /// Over the pooled hops.
    let last: FeedForwardParameters?

    init(_ trunk: PathTrunk, _ s4d: S4DConfiguration) {
        var layout = ParameterLayout()
        let layers: Int
        switch trunk {
        case .s4d: preconditionFailure("S4D has parameters of its own")
        case .mamba(let width, let count), .pooled(let width, let count): (self.width, layers) = (width, count)
        }
        pooledWidth = s4d.readout == .meanAndMax ? 2 * width : width
        func matrix(_ name: String, out: Int, in input: Int) -> S4DParameters.Affine {
            .init(
                weight: layout.range(adding: name + ".weight", [out, input], decays: true),
                bias: layout.range(adding: name + ".bias", [out]))
        }
        encoder = matrix("encoder", out: width, in: s4d.inputs)
        var feeds: [FeedForwardParameters] = []
        if case .mamba = trunk {
            mamba = MambaParameters(MixerShape(width: width), layers: layers, prefix: "backbone.", in: &layout)
            last = nil
        } else {
            mamba = nil
            for layer in 0..<layers {
                feeds.append(.init(Self.block(width), prefix: "backbone.layers.\(layer).feed.", in: &layout))
            }
            last = FeedForwardParameters(Self.block(pooledWidth), prefix: "pooled.feed.", in: &layout)
        }
        self.feeds = feeds
        decoder = matrix("decoder", out: 1, in: pooledWidth)
        self.layout = layout
    }

    /// A feed-forward block of twice its width inside.
    static func block(_ width: Int) -> ItemShape { ItemShape(items: 0, mixer: MixerShape(width: width), expansion: 2) }

    func initialValues(seed: UInt64, inputs: Int) -> [Float] {
        var random = SplitMix64(seed: seed)
        let values = FloatBuffer(layout.count)
        func fill(_ matrix: S4DParameters.Affine, fanIn: Int) {
            let bound = 1 / Double(fanIn).squareRoot()
            for place in Array(matrix.weight) + Array(matrix.bias) { values.start[place] = random.symmetric(bound) }
        }
        fill(encoder, fanIn: inputs)
        mamba?.initialize(values.start, shape: MixerShape(width: width), using: &random)
        for feed in feeds { feed.initialize(values.start, shape: Self.block(width), using: &random) }
        last?.initialize(values.start, shape: Self.block(pooledWidth), using: &random)
        fill(decoder, fanIn: pooledWidth)
        return values.array
    }

    static func == (one: HopParameters, other: HopParameters) -> Bool { one.layout == other.layout }
}
