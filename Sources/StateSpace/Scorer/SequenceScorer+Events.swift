import Kernels

extension SequenceScorer {
    /// An event as the trunk reads it: x [G + 4C].
    package func encode(
        columns: some RandomAccessCollection<Float>, ids: some Collection<(id: UInt64, role: UInt8)>, to x: MutableFloats
    ) {
        scales.events.write(columns, to: x)
        IDCode.write(ids: ids, width: shape.codeWidth, to: x + shape.eventColumns)
    }

    /// One event: the state moves on. Allocates nothing.
    ///
    /// - Parameter gap: since the event before, in units of the model's reference time.
    package func advance(
        _ state: ScorerState, columns: some RandomAccessCollection<Float>,
        ids: some Collection<(id: UInt64, role: UInt8)>, gap: Float, atMilliseconds: Int64, _ scratch: ScorerScratch
    ) {
        if shape.hasTrunk {
            encode(columns: columns, ids: ids, to: scratch.event.start)
            step(scratch.event.start, gap: gap, state.trunk, to: state.output.start, scratch)
        }
        state.lastMilliseconds = atMilliseconds
        state.hasOutput = true
    }

    private func step(_ x: Floats, gap: Float, _ state: TrunkState, to output: MutableFloats, _ scratch: ScorerScratch) {
        let width = shape.width
        event.apply(kernels, rows: 1, x, stride: shape.eventInputs, to: scratch.hidden.start, stride: width)
        trunk.step(scratch.hidden.start, gap: gap, state, scratch.trunk)
        kernels.call.pointee.rms_norm(
            1, width, scratch.hidden.start, norm.start, MambaStack.epsilon, output, scratch.scale.start)
    }

    /// Reads the state for a turn: what rows are scored against stands in `scratch` until the next call. Before the
    /// first event the trunk reads an event of means, and no id means anything.
    ///
    /// - Parameter bare: columns of an event that says the time and nothing else, for a turn whose own event isn't in
    ///   the state: the gap since the last event must count (math 5). nil = the last event is this turn's.
    package func beginTurn(
        _ state: ScorerState, bare: (columns: [Float], gap: Float)?, _ scratch: ScorerScratch
    ) {
        if shape.hasTrunk {
            if bare == nil, state.hasOutput {
                scratch.output.start.update(from: state.output.start, count: shape.width)
            } else {
                encode(
                    columns: bare?.columns ?? scales.events.mean, ids: EmptyCollection(), to: scratch.event.start)
                scratch.state.copy(from: state.trunk)
                step(scratch.event.start, gap: bare?.gap ?? 0, scratch.state, to: scratch.output.start, scratch)
            }
        }
        prepareTurn(scratch)
        if state.lastMilliseconds == nil { scratch.code.clear() }
    }

    /// 1/√C
    var codeNorm: Float { 1 / Float(shape.codeWidth).squareRoot() }

    /// code.weight y ÷ √C and query y + b, once per turn.
    private func prepareTurn(_ scratch: ScorerScratch) {
        scratch.query.start.update(from: queryBias.start, count: shape.readers)
        if let list, let room = scratch.list { list.beginTurn(shape.hasTrunk ? Floats(scratch.output.start) : nil, room) }
        guard shape.hasTrunk else { return }
        let (y, width) = (scratch.output.start, shape.width)
        if shape.codeWidth > 0 {
            code.apply(kernels, rows: 1, y, stride: width, to: scratch.code.start, stride: shape.codeWidth)
            // An id's code has length 1.
            for place in 0..<shape.codeWidth { scratch.code.start[place] *= codeNorm }
        }
        if shape.readers > 0 {
            query.apply(kernels, rows: 1, y, stride: width, to: scratch.query.start, stride: shape.readers, adding: true)
        }
    }
}
