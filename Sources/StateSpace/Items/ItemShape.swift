/// Sizes of a network over sequences of items.
///
/// Letters in this folder: T rows (events of a sequence) · D width · V items · F inner width of a feed-forward block.
package struct ItemShape: Sendable, Equatable {
    /// V. The table has one row more: row 0 stands for any item that is not known, and is zero.
    package var items: Int
    package var mixer: MixerShape
    package var layers: Int
    /// F in widths, behind every mixer; 0 = mixers alone.
    package var expansion: Int
    /// One number per item beside its embedding: how often it is chosen whatever came before.
    package var hasItemBias: Bool

    package init(
        items: Int, mixer: MixerShape, layers: Int = 1, expansion: Int = 4, hasItemBias: Bool = false
    ) {
        self.items = items
        self.mixer = mixer
        self.layers = layers
        self.expansion = expansion
        self.hasItemBias = hasItemBias
    }

    package var width: Int { mixer.width }
    package var inner: Int { expansion * mixer.width }
    package var tableRows: Int { items + 1 }
}

/// Where the tensors of a network over items stand; the names are those of its file.
package struct ItemParameters: Sendable {
    package let layout: ParameterLayout
    /// [V+1, D], input and output alike.
    package let table: Int
    package let bias: Int?
    package let inputNorm, norm: Int
    package let backbone: MambaParameters
    package let feeds: [FeedForwardParameters]

    /// - Parameter tableDecays: whether AdamW shrinks the embeddings. Rare items have few gradients between which they are
    ///   pulled to zero (math 9): with a full softmax, where every item has a gradient at every step, it is a choice.
    package init(_ shape: ItemShape, tableDecays: Bool = false) {
        var layout = ParameterLayout()
        let width = shape.width
        table = layout.add("items.weight", [shape.tableRows, width], decays: tableDecays)
        bias = shape.hasItemBias ? layout.add("items.bias", [shape.tableRows], decays: false) : nil
        inputNorm = layout.add("norm_in.weight", [width], decays: false)
        backbone = MambaParameters(shape.mixer, layers: shape.layers, prefix: "backbone.", in: &layout)
        var feeds: [FeedForwardParameters] = []
        if shape.expansion > 0 {
            for layer in 0..<shape.layers {
                feeds.append(
                    FeedForwardParameters(shape, prefix: "backbone.layers.\(layer).feed.", in: &layout))
            }
        }
        self.feeds = feeds
        norm = layout.add("norm_f.weight", [width], decays: false)
        self.layout = layout
    }

    /// Embeddings N(0, 0.02), as such models have them; mixers as math 2.1; linear maps as PyTorch's.
    package func initialize(_ values: MutableFloats, shape: ItemShape, using random: inout SplitMix64) {
        let width = shape.width
        for index in table..<table + width { values[index] = 0 }
        for index in table + width..<table + shape.tableRows * width {
            values[index] = Float(0.02 * random.normal())
        }
        if let bias { for index in bias..<bias + shape.tableRows { values[index] = 0 } }
        for start in [inputNorm, norm] { for index in start..<start + width { values[index] = 1 } }
        backbone.initialize(values, shape: shape.mixer, using: &random)
        for feed in feeds { feed.initialize(values, shape: shape, using: &random) }
    }
}
