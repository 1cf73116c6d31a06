import Kernels

/// What comes next in a sequence of items: embedding → (mixer, feed-forward) × layers → RMSNorm → h, and an item's score
/// is h · its embedding, the one that it has as an input (+ its bias).
///
/// Everything but the table is packed by `load`; the table is read where it lies, because packing or copying it would
/// cost more than a batch's step. Threads: as MambaStack, each with a tape and a state of its own.
package final class ItemNetwork: @unchecked Sendable {
    // @unchecked Sendable: written by `load` only, before other threads see it or between a trainer's passes.
    package let shape: ItemShape
    package let place: ItemParameters
    package let kernels: KernelTable
    package let gapRule: GapRule
    let mixers: [MixerWeights]
    let mixerNorms: [FloatBuffer]
    let feeds: [FeedForward]
    let inputNorm, norm: FloatBuffer
    /// [V+1, D] and [V+1], of whoever called `load`.
    package private(set) var table: Floats
    package private(set) var bias: Floats?
    /// Keeps the table where no trainer does.
    private var owned: FloatBuffer

    package init(
        _ shape: ItemShape, gapRule: GapRule = .logarithm, kernels: KernelTable = .best, trains: Bool = false
    ) {
        let place = ItemParameters(shape)
        self.shape = shape
        self.place = place
        self.gapRule = gapRule
        self.kernels = kernels
        mixers = place.backbone.mixers.map { _ in MixerWeights(shape.mixer, trains: trains) }
        mixerNorms = place.backbone.mixers.map { _ in FloatBuffer(shape.width) }
        feeds = place.feeds.map { FeedForward(shape, place: $0, trains: trains) }
        inputNorm = FloatBuffer(shape.width)
        norm = FloatBuffer(shape.width)
        owned = FloatBuffer(0)
        table = Floats(owned.start)
    }

    /// Takes `parameters` [layout.count], which must stay where they are while this network is used: its table is read
    /// in place.
    package func load(_ parameters: Floats) {
        for (layer, mixer) in mixers.enumerated() {
            mixer.load(parameters, at: place.backbone.mixers[layer])
            mixerNorms[layer].start.update(from: parameters + place.backbone.norms[layer], count: shape.width)
        }
        for feed in feeds { feed.load(parameters) }
        inputNorm.start.update(from: parameters + place.inputNorm, count: shape.width)
        norm.start.update(from: parameters + place.norm, count: shape.width)
        table = parameters + place.table
        bias = place.bias.map { parameters + $0 }
    }

    /// The same, and the network keeps them.
    package func load(keeping parameters: FloatBuffer) {
        precondition(parameters.count == place.layout.count, "these parameters are another model's")
        owned = parameters
        load(parameters.start)
    }

    package func makeState() -> MambaState { MambaState(shape.mixer, layers: shape.layers) }
}

/// Events of one sequence: rows of the table, and g(δ) of each where time counts. Borrowed: a pass is made and used
/// inside the closure that gives its pointers.
package struct ItemPass {
    package var items: UnsafePointer<Int32>
    package var gaps: Floats?
    package var rows: Int

    package init(items: UnsafePointer<Int32>, gaps: Floats? = nil, rows: Int) {
        self.items = items
        self.gaps = gaps
        self.rows = rows
    }
}

extension ItemNetwork {
    /// h [T, D] behind each event, from and to `state`: training, evaluation and serving alike.
    package func forward(
        _ pass: ItemPass, state: MambaState, tape: ItemTape, dropout: inout Dropout, to hidden: MutableFloats
    ) {
        precondition(pass.rows <= tape.capacity, "a tape is made for the longest sequence")
        let (rows, width, call) = (pass.rows, shape.width, kernels.call)
        let stream = tape.stream.start
        for row in 0..<rows {
            let item = Int(pass.items[row])
            precondition(item >= 0 && item <= shape.items, "items are rows of the table")
            (tape.embedded.start + row * width).update(from: table + item * width, count: width)
        }
        dropout.drop(tape.embedded.start, rows * width, mask: tape.inputMask)
        call.pointee.rms_norm(
            rows, width, tape.embedded.start, inputNorm.start, MambaStack.epsilon, stream,
            tape.inputScale.start)
        for layer in mixers.indices {
            mix(pass, layer: layer, state: state, tape: tape, dropout: &dropout)
            if !feeds.isEmpty {
                feeds[layer].forward(kernels, stream, rows: rows, tape: tape.feeds[layer], dropout: &dropout)
            }
        }
        call.pointee.rms_norm(
            rows, width, stream, norm.start, MambaStack.epsilon, hidden, tape.scale.start)
        tape.isDropped = dropout.isActive
    }

    /// x += dropped(mixer(rms(x))).
    private func mix(
        _ pass: ItemPass, layer: Int, state: MambaState, tape: ItemTape, dropout: inout Dropout
    ) {
        let (count, own) = (pass.rows * shape.width, tape.mixers[layer])
        own.input.start.update(from: tape.stream.start, count: count)
        kernels.call.pointee.rms_norm(
            pass.rows, shape.width, tape.stream.start, mixerNorms[layer].start, MambaStack.epsilon,
            own.normed.start, own.scale.start)
        mixers[layer].forward(
            kernels, rows: pass.rows, x: own.normed.start, gaps: pass.gaps, state: state.layer(layer),
            tape: own.mixer, to: own.output.start, adding: false)
        dropout.drop(own.output.start, count, mask: own.mask)
        kernels.call.pointee.add(own.output.start, count, tape.stream.start)
    }

    /// Scores of `items` (rows of the table) after the event whose h [D] this is.
    package func score(_ hidden: Floats, items: UnsafePointer<Int32>, count: Int, to scores: MutableFloats) {
        let width = shape.width
        for index in 0..<count {
            let item = Int(items[index])
            precondition(item >= 0 && item <= shape.items, "items are rows of the table")
            let product = mneme_dot_f32(hidden, table + item * width, width)
            scores[index] = product + (bias?[item] ?? 0)
        }
    }

    /// Scores of all items by row [V+1]; that of row 0 is -∞.
    package func scoreAll(_ hidden: Floats, to scores: MutableFloats) {
        let width = shape.width
        scores[0] = -.infinity
        for item in 1...shape.items {
            scores[item] = mneme_dot_f32(hidden, table + item * width, width) + (bias?[item] ?? 0)
        }
    }
}
