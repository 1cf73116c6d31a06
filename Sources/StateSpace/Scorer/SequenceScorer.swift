import Kernels

/// The model behind `libMambaScorer.so`: a trunk steps over a user's events and holds what they have become; rows are
/// read against its output, so a turn costs one step and a small head per row, whatever the history's length.
///
///     y   = RMSNorm(Mamba(event.weight x + b))                               [D]   once per event
///     z   = row columns, normed, then the row's code × (code.weight y)       [F + C]
///     out = head · (z, gelu(reader z + query y + b), gelu(pointwise z_F + b)) + bias + residual × base
///
/// Threads: weights are written by `load` only; any number of threads may score, each with a scratch of its own.
package final class SequenceScorer: @unchecked Sendable {
    // @unchecked Sendable: nothing is written after `load`; a trainer loads between passes, on its own thread.
    package let shape: ScorerShape
    package let place: ScorerParameters
    package let kernels: KernelTable
    package let scales: ScorerScales
    let trunk: ScorerTrunk
    let event, code, query, reader, pointwise: Projection
    let headFeatures, headReader, headPointwise: Projection
    let norm, queryBias, headBias: FloatBuffer
    let list: ListBranch?
    /// Weight of the heuristic's score in the first head.
    private(set) var residual: Float = 0

    package init(
        _ shape: ScorerShape, scales: ScorerScales, gapRule: GapRule = .logarithm, kernels: KernelTable = .best,
        trains: Bool = false
    ) {
        precondition(shape.isValid, "who makes a shape checks it")
        self.shape = shape
        self.kernels = kernels
        self.scales = scales
        place = ScorerParameters(shape)
        trunk = ScorerTrunk(shape, place.backbone, gapRule: gapRule, kernels, trains: trains)
        func projection(_ inputs: Int, _ outputs: Int, hasBias: Bool = false) -> Projection {
            Projection(inputs: inputs, outputs: outputs, hasBias: hasBias, trains: trains)
        }
        event = projection(shape.eventInputs, shape.width, hasBias: true)
        code = projection(shape.width, shape.codeWidth)
        query = projection(shape.width, shape.readers)
        reader = projection(shape.rowInputs, shape.readers)
        pointwise = projection(shape.rowColumns, shape.pointwise, hasBias: true)
        headFeatures = projection(shape.rowInputs, shape.heads)
        headReader = projection(shape.readers, shape.heads)
        headPointwise = projection(shape.pointwise, shape.heads)
        norm = FloatBuffer(shape.width)
        queryBias = FloatBuffer(shape.readers)
        headBias = FloatBuffer(shape.heads)
        if let sizes = shape.list, let slots = place.list {
            list = ListBranch(sizes, inputs: shape.rowInputs, width: shape.width, slots, kernels, trains: trains)
        } else {
            list = nil
        }
    }

    /// Packs the flat vector of parameters.
    package func load(_ parameters: Floats) {
        event.load(parameters + place.event, bias: parameters + place.eventBias)
        trunk.load(parameters)
        norm.start.update(from: parameters + place.norm, count: norm.count)
        code.load(parameters + place.code)
        query.load(parameters + place.query)
        queryBias.start.update(from: parameters + place.queryBias, count: queryBias.count)
        reader.load(parameters + place.reader)
        pointwise.load(parameters + place.pointwise, bias: parameters + place.pointwiseBias)
        headFeatures.load(parameters + place.headFeatures)
        headReader.load(parameters + place.headReader)
        headPointwise.load(parameters + place.headPointwise)
        headBias.start.update(from: parameters + place.headBias, count: headBias.count)
        residual = place.residual.map { parameters[$0] } ?? 0
        list?.load(parameters)
    }

    /// Before the first event.
    package func makeState() -> ScorerState { ScorerState(self) }
}

/// How columns become numbers of about the same size: (value − mean) × scale, within ±`bound`. Fixed, not trained:
/// they belong to the columns.
package struct ScorerScales: Sendable, Equatable {
    package struct Affine: Sendable, Equatable {
        package var mean: [Float]
        package var scale: [Float]

        package init(mean: [Float], scale: [Float]) {
            precondition(mean.count == scale.count, "one mean and one scale per column")
            self.mean = mean
            self.scale = scale
        }

        /// Columns as they are.
        package static func identity(_ columns: Int) -> Affine {
            Affine(mean: Array(repeating: 0, count: columns), scale: Array(repeating: 1, count: columns))
        }

        /// Rows of these columns, one after the other, as the model reads them.
        package func applied(_ values: [Float]) -> [Float] {
            guard !mean.isEmpty else { return [] }
            return values.enumerated().map { index, value in
                let place = index % mean.count
                return min(max((value - mean[place]) * scale[place], -ScorerScales.bound), ScorerScales.bound)
            }
        }

        func write(_ values: some RandomAccessCollection<Float>, to out: MutableFloats) {
            for (place, value) in values.enumerated() {
                let scaled = (value - mean[place]) * scale[place]
                out[place] = min(max(scaled, -ScorerScales.bound), ScorerScales.bound)
            }
        }
    }

    package var events: Affine
    package var rows: Affine
    /// A column far outside of what training saw says «very much», not «infinitely much».
    static let bound: Float = 8

    package init(events: Affine, rows: Affine) {
        self.events = events
        self.rows = rows
    }
}

/// What one user's events have become.
package final class ScorerState {
    let trunk: TrunkState
    /// The trunk's output at the last event, normed [D].
    let output: FloatBuffer
    /// Unix milliseconds; nil = there was no event yet.
    package internal(set) var lastMilliseconds: Int64?
    /// False after a compact restore: the output of the last event isn't known, time has to be read anew.
    var hasOutput = false

    init(_ scorer: SequenceScorer) {
        trunk = scorer.trunk.makeState()
        output = FloatBuffer(scorer.shape.width)
    }

    package func reset() {
        trunk.reset()
        output.clear()
        lastMilliseconds = nil
        hasOutput = false
    }

    /// Memory of one session.
    package var byteCount: Int { trunk.byteCount + output.count * 4 }
}

@available(*, unavailable)
extension ScorerState: Sendable {}

/// Room for steps and for `rows` rows at a time. One per thread.
package final class ScorerScratch {
    /// Rows that go through the heads together; their values (some 60 kB) stay in the cache.
    package static let blockRows = 128

    let trunk: ScorerTrunk.Scratch
    let state: TrunkState
    /// An event's inputs [G + 4C], the stream [D], 1/rms.
    let event, hidden, scale: FloatBuffer
    /// What the turn's rows are read against: y [D], code.weight y ÷ √C [C], query y + b [readers].
    let output, code, query: FloatBuffer
    /// [rows, F + C], [rows, readers], [rows, pointwise] before gelu and after, [rows, heads].
    let z, readerIn, reader, pointwiseIn, pointwise, out: FloatBuffer
    let list: ListBranch.Scratch?

    package init(_ scorer: SequenceScorer) {
        let (shape, rows) = (scorer.shape, Self.blockRows)
        trunk = scorer.trunk.makeScratch()
        state = scorer.trunk.makeState()
        event = FloatBuffer(shape.eventInputs)
        hidden = FloatBuffer(shape.width)
        scale = FloatBuffer(1)
        output = FloatBuffer(shape.width)
        code = FloatBuffer(shape.codeWidth)
        query = FloatBuffer(shape.readers)
        z = FloatBuffer(rows * shape.rowInputs)
        readerIn = FloatBuffer(rows * shape.readers)
        reader = FloatBuffer(rows * shape.readers)
        pointwiseIn = FloatBuffer(rows * shape.pointwise)
        pointwise = FloatBuffer(rows * shape.pointwise)
        out = FloatBuffer(rows * shape.heads)
        list = scorer.list.map { ListBranch.Scratch($0, rows: rows) }
    }
}

@available(*, unavailable)
extension ScorerScratch: Sendable {}
