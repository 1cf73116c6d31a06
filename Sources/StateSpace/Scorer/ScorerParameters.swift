/// Where a sequence scorer's tensors stand in the flat vector, and under which names in the file (docs/formats.md).
package struct ScorerParameters: Sendable {
    package let layout: ParameterLayout
    let event, eventBias, norm: Int
    let backbone: Backbone
    let code, query, queryBias, reader, pointwise, pointwiseBias: Int
    let headFeatures, headReader, headPointwise, headBias: Int
    let residual: Int?
    let list: ListParameters?

    enum Backbone: Sendable {
        case mamba(MambaParameters)
        case mamba3(Mamba3StackParameters)
        case s4d(S4DTrunkParameters)
    }

    struct ListParameters: Sendable {
        let input, inputBias, query, norm, head: Int
        let backbone: MambaParameters
    }

    package init(_ shape: ScorerShape) {
        var layout = ParameterLayout()
        let (width, rows) = (shape.width, shape.rowInputs)
        /// A branch that isn't there has no tensor.
        func add(_ name: String, _ sizes: [Int], decays: Bool = true) -> Int {
            sizes.contains(0) ? layout.count : layout.add(name, sizes, decays: decays)
        }
        event = add("event.weight", [width, shape.eventInputs])
        eventBias = add("event.bias", [width], decays: false)
        backbone = Backbone(shape, in: &layout)
        norm = add("norm_f.weight", [width], decays: false)
        code = add("code.weight", [shape.codeWidth, width])
        query = add("query.weight", [shape.readers, width])
        queryBias = add("query.bias", [shape.readers], decays: false)
        reader = add("reader.weight", [shape.readers, rows])
        pointwise = add("pointwise.weight", [shape.pointwise, shape.rowColumns])
        pointwiseBias = add("pointwise.bias", [shape.pointwise], decays: false)
        headFeatures = add("head.features.weight", [shape.heads, rows])
        headReader = add("head.reader.weight", [shape.heads, shape.readers])
        headPointwise = add("head.pointwise.weight", [shape.heads, shape.pointwise])
        // With a null candidate of logit 0 a bias means something; without one its gradient is rounding noise (math 8).
        headBias = add("head.bias", [shape.heads], decays: false)
        residual = shape.isResidual ? layout.add("residual.weight", [1], decays: false) : nil
        list = shape.list.map { list in
            let inner = list.mixer.width
            return ListParameters(
                input: layout.add("list.input.weight", [inner, rows], decays: true),
                inputBias: layout.add("list.input.bias", [inner], decays: false),
                query: layout.add("list.query.weight", [inner, width], decays: true),
                norm: layout.add("list.norm_f.weight", [inner], decays: false),
                head: layout.add("list.head.weight", [1, inner], decays: true),
                backbone: MambaParameters(list.mixer, layers: list.layers, prefix: "list.backbone.", in: &layout))
        }
        self.layout = layout
    }

    /// Initial values: PyTorch's Linear, math 2.1 for the blocks. The heads start small, so that a residual model
    /// starts as the heuristic.
    package func initialize(_ values: MutableFloats, shape: ScorerShape, using random: inout SplitMix64) {
        func fill(_ start: Int, _ count: Int, inputs: Int, _ random: inout SplitMix64, scale: Double = 1) {
            let bound = scale / Double(max(inputs, 1)).squareRoot()
            for index in start..<start + count { values[index] = random.symmetric(bound) }
        }
        let (width, rows) = (shape.width, shape.rowInputs)
        fill(event, width * shape.eventInputs, inputs: shape.eventInputs, &random)
        fill(eventBias, width, inputs: shape.eventInputs, &random)
        backbone.initialize(values, shape: shape, using: &random)
        for index in norm..<norm + width { values[index] = 1 }
        fill(code, shape.codeWidth * width, inputs: width, &random)
        fill(query, shape.readers * width, inputs: width, &random)
        fill(queryBias, shape.readers, inputs: width, &random)
        fill(reader, shape.readers * rows, inputs: rows, &random)
        fill(pointwise, shape.pointwise * shape.rowColumns, inputs: shape.rowColumns, &random)
        fill(pointwiseBias, shape.pointwise, inputs: shape.rowColumns, &random)
        fill(headFeatures, shape.heads * rows, inputs: rows, &random, scale: 0.1)
        fill(headReader, shape.heads * shape.readers, inputs: shape.readers, &random, scale: 0.1)
        fill(headPointwise, shape.heads * shape.pointwise, inputs: shape.pointwise, &random, scale: 0.1)
        for index in headBias..<headBias + shape.heads { values[index] = 0 }
        if let residual { values[residual] = 1 }
        guard let list, let listShape = shape.list else { return }
        let inner = listShape.mixer.width
        fill(list.input, inner * rows, inputs: rows, &random)
        fill(list.inputBias, inner, inputs: rows, &random)
        fill(list.query, inner * width, inputs: width, &random)
        list.backbone.initialize(values, shape: listShape.mixer, using: &random)
        for index in list.norm..<list.norm + inner { values[index] = 1 }
        fill(list.head, inner, inputs: inner, &random, scale: 0.1)
    }
}

extension ScorerParameters.Backbone {
    init(_ shape: ScorerShape, in layout: inout ParameterLayout) {
        let (layers, prefix) = (shape.layers, "backbone.")
        switch shape.block {
        case .mamba: self = .mamba(MambaParameters(shape.mixer, layers: layers, prefix: prefix, in: &layout))
        case .mamba3(let sizes): self = .mamba3(Mamba3StackParameters(sizes, layers: layers, prefix: prefix, in: &layout))
        case .s4d(let sizes): self = .s4d(S4DTrunkParameters(sizes, layers: layers, prefix: prefix, in: &layout))
        }
    }

    func initialize(_ values: MutableFloats, shape: ScorerShape, using random: inout SplitMix64) {
        switch (self, shape.block) {
        case (.mamba(let place), .mamba): place.initialize(values, shape: shape.mixer, using: &random)
        case (.mamba3(let place), .mamba3(let sizes)): place.initialize(values, shape: sizes, using: &random)
        case (.s4d(let place), .s4d):
            // Half of what a mode keeps is gone after 1.4/dt events: 1.4 to 140 of them, about as long as a stretch.
            place.stack.initialize(values, place.configuration, eigenvalues: .linear, steps: 0.01...1, using: &random)
        default: preconditionFailure("the place was made from another shape")
        }
    }
}
