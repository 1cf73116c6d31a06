import Kernels

/// List mode: the rows themselves as a sequence, in the order in which they come; a Mamba of its own reads them and
/// adds to the first head. A row is then judged with those before it in sight.
final class ListBranch {
    let shape: ScorerShape.ListShape
    let place: ScorerParameters.ListParameters
    let kernels: KernelTable
    let stack: MambaStack
    let input, query, head: Projection
    let norm: FloatBuffer

    init(
        _ shape: ScorerShape.ListShape, inputs: Int, width: Int, _ place: ScorerParameters.ListParameters,
        _ kernels: KernelTable, trains: Bool
    ) {
        self.shape = shape
        self.place = place
        self.kernels = kernels
        stack = MambaStack(shape.mixer, place: place.backbone, kernels: kernels, trains: trains)
        input = Projection(inputs: inputs, outputs: shape.mixer.width, hasBias: true, trains: trains)
        query = Projection(inputs: width, outputs: shape.mixer.width, trains: trains)
        head = Projection(inputs: shape.mixer.width, outputs: 1, trains: trains)
        norm = FloatBuffer(shape.mixer.width)
    }

    func load(_ parameters: Floats) {
        input.load(parameters + place.input, bias: parameters + place.inputBias)
        query.load(parameters + place.query)
        stack.load(parameters)
        norm.start.update(from: parameters + place.norm, count: norm.count)
        head.load(parameters + place.head)
    }

    /// A list's state, carried from block to block.
    final class Scratch {
        let trunk: MambaScratch
        let state: MambaState
        /// query y [D]; the stream [rows, D] and normed; 1/rms [rows]; [rows].
        let query, hidden, normed, scale, score: FloatBuffer

        init(_ branch: ListBranch, rows: Int) {
            let width = branch.shape.mixer.width
            trunk = MambaScratch(branch.stack, rows: rows)
            state = branch.stack.makeState()
            query = FloatBuffer(width)
            hidden = FloatBuffer(rows * width)
            normed = FloatBuffer(rows * width)
            scale = FloatBuffer(rows)
            score = FloatBuffer(rows)
        }
    }

    /// A new list, read against the trunk's output y; nil = there is no trunk.
    func beginTurn(_ y: Floats?, _ scratch: Scratch) {
        scratch.state.reset()
        scratch.query.clear()
        guard let y else { return }
        query.apply(kernels, rows: 1, y, stride: query.inputs, to: scratch.query.start, stride: query.outputs)
    }

    /// The next rows z of the list; their scores stand in the scratch.
    func run(_ count: Int, z: Floats, _ scratch: Scratch) {
        let width = shape.mixer.width
        input.apply(kernels, rows: count, z, stride: input.inputs, to: scratch.hidden.start, stride: width)
        for row in 0..<count { kernels.call.pointee.add(scratch.query.start, width, scratch.hidden.start + row * width) }
        stack.run(scratch.hidden.start, rows: count, gaps: nil, state: scratch.state, scratch: scratch.trunk)
        kernels.call.pointee.rms_norm(
            count, width, scratch.hidden.start, norm.start, MambaStack.epsilon, scratch.normed.start, scratch.scale.start)
        head.apply(kernels, rows: count, scratch.normed.start, stride: width, to: scratch.score.start, stride: 1)
    }
}
