import Kernels

extension ListBranch {
    /// What the backward pass over one list needs.
    final class Tape {
        let trunk: MambaTape
        let start: MambaState
        /// query y [D]; the stream [rows, D], normed, 1/rms; [rows]; and gradients.
        let query, hidden, normed, scale, score: FloatBuffer
        let dQuery, dHidden, dNormed, dScore: FloatBuffer

        init(_ branch: ListBranch, rows: Int) {
            let width = branch.shape.mixer.width
            trunk = MambaTape(branch.stack, capacity: rows)
            start = branch.stack.makeState()
            query = FloatBuffer(width)
            hidden = FloatBuffer(rows * width)
            normed = FloatBuffer(rows * width)
            scale = FloatBuffer(rows)
            score = FloatBuffer(rows)
            dQuery = FloatBuffer(width)
            dHidden = FloatBuffer(rows * width)
            dNormed = FloatBuffer(rows * width)
            dScore = FloatBuffer(rows)
        }
    }

    /// As `beginTurn` and `run`, keeping what `backward` needs. y nil = no event yet.
    func forward(_ count: Int, z: Floats, y: Floats?, _ tape: Tape) {
        let width = shape.mixer.width
        tape.query.clear()
        if let y { query.apply(kernels, rows: 1, y, stride: query.inputs, to: tape.query.start, stride: width) }
        input.apply(kernels, rows: count, z, stride: input.inputs, to: tape.hidden.start, stride: width)
        for row in 0..<count { kernels.call.pointee.add(tape.query.start, width, tape.hidden.start + row * width) }
        tape.start.reset()
        stack.forward(tape.hidden.start, rows: count, state: tape.start, tape: tape.trunk)
        kernels.call.pointee.rms_norm(
            count, width, tape.hidden.start, norm.start, MambaStack.epsilon, tape.normed.start, tape.scale.start)
        head.apply(kernels, rows: count, tape.normed.start, stride: width, to: tape.score.start, stride: 1)
    }

    /// `tape.dScore` in; dz [rows, F + C] and dy [D] are added to.
    func backward(_ count: Int, z: Floats, y: Floats?, _ tape: Tape, dz: MutableFloats, dy: MutableFloats?, gradients: MutableFloats) {
        let width = shape.mixer.width
        head.gradient(
            kernels, rows: count, dy: tape.dScore.start, stride: 1, x: tape.normed.start, stride: width,
            dw: gradients + place.head, db: nil, dx: tape.dNormed.start, stride: width)
        tape.dHidden.start.update(repeating: 0, count: count * width)
        kernels.call.pointee.rms_norm_gradient(
            count, width, tape.hidden.start, norm.start, tape.scale.start, tape.dNormed.start, tape.dHidden.start,
            gradients + place.norm)
        stack.backward(tape.dHidden.start, tape: tape.trunk, gradients: gradients)
        input.gradient(
            kernels, rows: count, dy: tape.dHidden.start, stride: width, x: z, stride: input.inputs,
            dw: gradients + place.input, db: gradients + place.inputBias, dx: dz, stride: input.inputs, adding: true)
        guard let y, let dy else { return }
        tape.dQuery.clear()
        for row in 0..<count { kernels.call.pointee.add(tape.dHidden.start + row * width, width, tape.dQuery.start) }
        query.gradient(
            kernels, rows: 1, dy: tape.dQuery.start, stride: width, x: y, stride: query.inputs,
            dw: gradients + place.query, db: nil, dx: dy, stride: query.inputs, adding: true)
    }
}
