import Kernels

/// What the backward pass over one user's events and its turns needs. One per thread of a trainer.
package final class ScorerTape {
    let capacity, rowCapacity: Int
    let trunk: ScorerTrunk.Tape
    let start: TrunkState
    /// [T, G + 4C], the stream [T, D], normed [T, D], 1/rms [T]; their gradients.
    let events, hidden, output, scale: FloatBuffer
    let dHidden, dOutput: FloatBuffer
    /// One turn: [rows, F + C] and the rest as ScorerScratch; code.weight y ÷ √C, query y + b.
    let z, readerIn, reader, pointwiseIn, pointwise: FloatBuffer
    let dz, dReader, dPointwise, unused: FloatBuffer
    let code, query, dCode, dQuery: FloatBuffer
    let list: ListBranch.Tape?
    fileprivate(set) var rows = 0

    /// - Parameters:
    ///   - events: of the longest sequence.
    ///   - rows: of the longest list.
    package init(_ scorer: SequenceScorer, events: Int, rows: Int) {
        let shape = scorer.shape
        capacity = max(events, 1)
        rowCapacity = rows
        trunk = scorer.trunk.makeTape(capacity)
        start = scorer.trunk.makeState()
        self.events = FloatBuffer(capacity * shape.eventInputs)
        hidden = FloatBuffer(capacity * shape.width)
        output = FloatBuffer(capacity * shape.width)
        scale = FloatBuffer(capacity)
        dHidden = FloatBuffer(capacity * shape.width)
        dOutput = FloatBuffer(capacity * shape.width)
        z = FloatBuffer(rows * shape.rowInputs)
        readerIn = FloatBuffer(rows * shape.readers)
        reader = FloatBuffer(rows * shape.readers)
        pointwiseIn = FloatBuffer(rows * shape.pointwise)
        pointwise = FloatBuffer(rows * shape.pointwise)
        dz = FloatBuffer(rows * shape.rowInputs)
        dReader = FloatBuffer(rows * shape.readers)
        dPointwise = FloatBuffer(rows * shape.pointwise)
        unused = FloatBuffer(rows * shape.rowInputs)
        code = FloatBuffer(shape.codeWidth)
        query = FloatBuffer(shape.readers)
        dCode = FloatBuffer(shape.codeWidth)
        dQuery = FloatBuffer(shape.readers)
        list = scorer.list.map { ListBranch.Tape($0, rows: rows) }
    }
}

@available(*, unavailable)
extension ScorerTape: Sendable {}

extension SequenceScorer {
    /// The trunk over a whole history x [T, G + 4C] as `encode` writes it, from a zero state; `gaps` [T] are g(δ).
    package func forward(_ x: Floats, rows: Int, gaps: Floats?, tape: ScorerTape) {
        precondition(rows <= tape.capacity, "a tape is made for the longest sequence")
        tape.rows = rows
        guard shape.hasTrunk, rows > 0 else { return }
        let width = shape.width
        tape.start.reset()
        tape.events.start.update(from: x, count: rows * shape.eventInputs)
        event.apply(kernels, rows: rows, x, stride: shape.eventInputs, to: tape.hidden.start, stride: width)
        trunk.forward(tape.hidden.start, rows: rows, gaps: gaps, tape.start, tape.trunk)
        kernels.call.pointee.rms_norm(
            rows, width, tape.hidden.start, norm.start, MambaStack.epsilon, tape.output.start, tape.scale.start)
        tape.dOutput.start.update(repeating: 0, count: rows * width)
    }

    /// One turn right after event `event` (0 = the first of the tape): scores out [rows, heads] of `list`.
    package func forward(_ list: ScorerList, afterEvent event: Int, tape: ScorerTape, to out: MutableFloats) {
        let (heads, rows) = (shape.heads, list.count)
        precondition(rows <= tape.rowCapacity && event < max(tape.rows, 1), "a tape is made for the longest list")
        prepare(event, tape)
        fill(list, tape)
        if shape.readers > 0 {
            for row in 0..<rows {
                (tape.readerIn.start + row * shape.readers).update(from: tape.query.start, count: shape.readers)
            }
            reader.apply(
                kernels, rows: rows, tape.z.start, stride: shape.rowInputs, to: tape.readerIn.start,
                stride: shape.readers, adding: true)
            kernels.call.pointee.gelu(tape.readerIn.start, rows * shape.readers, tape.reader.start)
        }
        if hasPointwise {
            pointwise.apply(
                kernels, rows: rows, tape.z.start, stride: shape.rowInputs, to: tape.pointwiseIn.start,
                stride: shape.pointwise)
            kernels.call.pointee.gelu(tape.pointwiseIn.start, rows * shape.pointwise, tape.pointwise.start)
        }
        for row in 0..<rows {
            (out + row * heads).update(from: headBias.start, count: heads)
            if let base = list.base { out[row * heads] += residual * base[row] }
        }
        headFeatures.apply(kernels, rows: rows, tape.z.start, stride: shape.rowInputs, to: out, stride: heads, adding: true)
        if shape.readers > 0 {
            headReader.apply(kernels, rows: rows, tape.reader.start, stride: shape.readers, to: out, stride: heads, adding: true)
        }
        if hasPointwise {
            headPointwise.apply(
                kernels, rows: rows, tape.pointwise.start, stride: shape.pointwise, to: out, stride: heads, adding: true)
        }
        guard let list = self.list, let room = tape.list else { return }
        list.forward(rows, z: tape.z.start, y: output(event, tape).map { Floats($0) }, room)
        for row in 0..<rows { out[row * heads] += room.score.start[row] }
    }

    /// The trunk's output after an event, where there is one.
    private func output(_ event: Int, _ tape: ScorerTape) -> MutableFloats? {
        shape.hasTrunk && tape.rows > 0 ? tape.output.start + event * shape.width : nil
    }

    private var hasPointwise: Bool { shape.pointwise > 0 && shape.rowColumns > 0 }

    private func prepare(_ event: Int, _ tape: ScorerTape) {
        tape.query.start.update(from: queryBias.start, count: shape.readers)
        guard shape.hasTrunk, tape.rows > 0 else {
            tape.code.clear()
            return
        }
        let y = tape.output.start + event * shape.width
        if shape.codeWidth > 0 {
            code.apply(kernels, rows: 1, y, stride: shape.width, to: tape.code.start, stride: shape.codeWidth)
            for place in 0..<shape.codeWidth { tape.code.start[place] *= codeNorm }
        }
        if shape.readers > 0 {
            query.apply(kernels, rows: 1, y, stride: shape.width, to: tape.query.start, stride: shape.readers, adding: true)
        }
    }

    private func fill(_ list: ScorerList, _ tape: ScorerTape) {
        let (columns, width) = (shape.rowColumns, shape.codeWidth)
        for row in 0..<list.count {
            let z = tape.z.start + row * shape.rowInputs
            z.update(from: list.columns + row * columns, count: columns)
            if width > 0 { IDCode.apply(list.signs[row], to: tape.code.start, width: width, into: z + columns) }
        }
    }

    /// After `forward` of the same turn: `dOut` [rows, heads] in, `gradients` (flat) added to; the trunk's share waits
    /// in the tape for `backward(tape:gradients:)`.
    package func backward(
        _ list: ScorerList, afterEvent event: Int, dOut: Floats, tape: ScorerTape, gradients: MutableFloats
    ) {
        let (heads, rows) = (shape.heads, list.count)
        let stride = shape.rowInputs
        for row in 0..<rows {
            kernels.call.pointee.add(dOut + row * heads, heads, gradients + place.headBias)
            if let base = list.base, let residual = place.residual { gradients[residual] += dOut[row * heads] * base[row] }
        }
        headFeatures.gradient(
            kernels, rows: rows, dy: dOut, stride: heads, x: tape.z.start, stride: stride,
            dw: gradients + place.headFeatures, db: nil, dx: tape.dz.start, stride: stride)
        if hasPointwise {
            headPointwise.gradient(
                kernels, rows: rows, dy: dOut, stride: heads, x: tape.pointwise.start, stride: shape.pointwise,
                dw: gradients + place.headPointwise, db: nil, dx: tape.dPointwise.start, stride: shape.pointwise)
            kernels.call.pointee.gelu_gradient(
                tape.pointwiseIn.start, tape.dPointwise.start, rows * shape.pointwise, tape.dPointwise.start)
            // Columns aren't trained: the gradient of x goes nowhere.
            pointwise.gradient(
                kernels, rows: rows, dy: tape.dPointwise.start, stride: shape.pointwise, x: tape.z.start, stride: stride,
                dw: gradients + place.pointwise, db: gradients + place.pointwiseBias, dx: tape.unused.start, stride: stride)
        }
        if shape.readers > 0 { readerBackward(event, rows, dOut, tape, gradients) }
        if let branch = self.list, let room = tape.list {
            for row in 0..<rows { room.dScore.start[row] = dOut[row * heads] }
            branch.backward(
                rows, z: tape.z.start, y: output(event, tape).map { Floats($0) }, room, dz: tape.dz.start,
                dy: output(event, tape) == nil ? nil : tape.dOutput.start + event * shape.width, gradients: gradients)
        }
        codeBackward(list, event, tape, gradients)
    }

    private func readerBackward(_ event: Int, _ rows: Int, _ dOut: Floats, _ tape: ScorerTape, _ gradients: MutableFloats) {
        let count = shape.readers
        headReader.gradient(
            kernels, rows: rows, dy: dOut, stride: shape.heads, x: tape.reader.start, stride: count,
            dw: gradients + place.headReader, db: nil, dx: tape.dReader.start, stride: count)
        kernels.call.pointee.gelu_gradient(tape.readerIn.start, tape.dReader.start, rows * count, tape.dReader.start)
        reader.gradient(
            kernels, rows: rows, dy: tape.dReader.start, stride: count, x: tape.z.start, stride: shape.rowInputs,
            dw: gradients + place.reader, db: nil, dx: tape.dz.start, stride: shape.rowInputs, adding: true)
        tape.dQuery.clear()
        for row in 0..<rows { kernels.call.pointee.add(tape.dReader.start + row * count, count, tape.dQuery.start) }
        kernels.call.pointee.add(tape.dQuery.start, count, gradients + place.queryBias)
        guard shape.hasTrunk, tape.rows > 0 else { return }
        query.gradient(
            kernels, rows: 1, dy: tape.dQuery.start, stride: count, x: tape.output.start + event * shape.width,
            stride: shape.width, dw: gradients + place.query, db: nil, dx: tape.dOutput.start + event * shape.width,
            stride: shape.width, adding: true)
    }

    private func codeBackward(_ list: ScorerList, _ event: Int, _ tape: ScorerTape, _ gradients: MutableFloats) {
        let width = shape.codeWidth
        guard width > 0, shape.hasTrunk, tape.rows > 0 else { return }
        tape.dCode.clear()
        for row in 0..<list.count {
            let dz = tape.dz.start + row * shape.rowInputs + shape.rowColumns
            // The signs are their own inverse.
            IDCode.apply(list.signs[row], to: dz, width: width, into: dz)
            kernels.call.pointee.add(dz, width, tape.dCode.start)
        }
        for place in 0..<width { tape.dCode.start[place] *= codeNorm }
        code.gradient(
            kernels, rows: 1, dy: tape.dCode.start, stride: width, x: tape.output.start + event * shape.width,
            stride: shape.width, dw: gradients + place.code, db: nil, dx: tape.dOutput.start + event * shape.width,
            stride: shape.width, adding: true)
    }

    /// After all turns of the sequence: through the trunk and the events' projection.
    package func backward(tape: ScorerTape, gradients: MutableFloats) {
        let (width, rows) = (shape.width, tape.rows)
        guard shape.hasTrunk, rows > 0 else { return }
        tape.dHidden.start.update(repeating: 0, count: rows * width)
        kernels.call.pointee.rms_norm_gradient(
            rows, width, tape.hidden.start, norm.start, tape.scale.start, tape.dOutput.start, tape.dHidden.start,
            gradients + place.norm)
        trunk.backward(tape.dHidden.start, tape.trunk, gradients: gradients)
        kernels.call.pointee.linear_gradient(
            rows, shape.eventInputs, width, tape.dHidden.start, width, tape.events.start, shape.eventInputs,
            gradients + place.event, gradients + place.eventBias)
    }
}

/// A turn's rows as training holds them.
package struct ScorerList {
    /// [rows, F], normed (`ScorerScales`).
    package var columns: Floats
    /// `IDCode.signs` of each row's id.
    package var signs: UnsafePointer<UInt64>
    package var count: Int
    package var base: Floats?

    package init(columns: Floats, signs: UnsafePointer<UInt64>, count: Int, base: Floats? = nil) {
        self.columns = columns
        self.signs = signs
        self.count = count
        self.base = base
    }
}
