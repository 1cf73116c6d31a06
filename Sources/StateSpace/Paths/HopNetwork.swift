import Kernels

/// A comparison's model over the hops of paths: the same encoder and readout as S4D's, another trunk.
///
/// P paths · R hops in all · H width · inputs [R, d_in] → outputs [P].
final class HopNetwork: @unchecked Sendable {
    // @unchecked Sendable: weights are written in `init` alone; every pass works in its caller's `HopActivations`.
    let parameters: HopParameters
    private let isLargestRead: Bool
    private let kernels = KernelTable.best
    private let encoder, decoder: Projection
    fileprivate let stack: MambaStack?
    private let feeds: [FeedForward]
    private let last: FeedForward?

    init(_ parameters: HopParameters, _ s4d: S4DConfiguration, values: [Float]) {
        let (width, pooled) = (parameters.width, parameters.pooledWidth)
        self.parameters = parameters
        isLargestRead = s4d.readout == .meanAndMax
        encoder = Projection(inputs: s4d.inputs, outputs: width, hasBias: true, trains: true)
        decoder = Projection(inputs: pooled, outputs: 1, hasBias: true, trains: true)
        stack = parameters.mamba.map { MambaStack(MixerShape(width: width), place: $0, trains: true) }
        feeds = parameters.feeds.map { FeedForward(HopParameters.block(width), place: $0, trains: true) }
        last = parameters.last.map { FeedForward(HopParameters.block(pooled), place: $0, trains: true) }
        values.withUnsafeBufferPointer { values in
            // Force unwrap: a model has parameters.
            let start = values.baseAddress!
            encoder.load(start + parameters.encoder.weight.lowerBound, bias: start + parameters.encoder.bias.lowerBound)
            decoder.load(start + parameters.decoder.weight.lowerBound, bias: start + parameters.decoder.bias.lowerBound)
            stack?.load(start)
            for feed in feeds { feed.load(start) }
            last?.load(start)
        }
    }

    /// Scores paths and keeps what `backward` needs.
    func forward(
        _ paths: S4DPaths, features: UnsafePointer<Float>, keeping room: HopActivations, into outputs: MutableFloats
    ) {
        let (rows, width, pooledWidth) = (paths.rows, parameters.width, parameters.pooledWidth)
        let encoded = room.encoded.reserve(rows * width)
        encoder.apply(kernels, rows: rows, features, stride: encoder.inputs, to: encoded, stride: width)
        let stream = room.stream.reserve(rows * width)
        stream.update(from: encoded, count: rows * width)
        room.prepare(rows: rows, paths: paths.count)
        if let stack, let mamba = room.mamba {
            for path in 0..<paths.count {
                let (start, hops) = paths.place(path)
                stack.forward(stream + start * width, rows: hops, state: mamba.begin(hops), tape: mamba.tape)
            }
        }
        var none = Dropout.none
        for (feed, tape) in zip(feeds, room.feeds) { feed.forward(kernels, stream, rows: rows, tape: tape, dropout: &none) }
        let pooled = room.pooled.reserve(paths.count * pooledWidth)
        mneme_s4d_pool(width, paths.count, paths.offsets, stream, isLargestRead ? 1 : 0, pooled)
        if let last, let tape = room.last { last.forward(kernels, pooled, rows: paths.count, tape: tape, dropout: &none) }
        decoder.apply(kernels, rows: paths.count, pooled, stride: pooledWidth, to: outputs, stride: 1)
    }

    /// Backward pass of the last `forward`: adds to `gradients`, laid out as the parameters; writes `dFeatures`.
    func backward(
        _ paths: S4DPaths, features: UnsafePointer<Float>, kept room: HopActivations, dOutputs: [Float],
        gradients: MutableFloats, dFeatures: MutableFloats
    ) {
        let (rows, width, pooledWidth) = (paths.rows, parameters.width, parameters.pooledWidth)
        let dPooled = room.dPooled.reserve(paths.count * pooledWidth)
        decoder.gradient(
            kernels, rows: paths.count, dy: dOutputs, stride: 1, x: room.pooled.start, stride: pooledWidth,
            dw: gradients + parameters.decoder.weight.lowerBound, db: gradients + parameters.decoder.bias.lowerBound,
            dx: dPooled, stride: pooledWidth)
        if let last, let tape = room.last {
            last.backward(kernels, dPooled, rows: paths.count, tape: tape, dropped: false, gradients: gradients)
        }
        let dStream = room.dStream.reserve(rows * width)
        mneme_s4d_pool_backward(
            width, paths.count, paths.offsets, room.stream.start, isLargestRead ? 1 : 0, dPooled, dStream)
        for (feed, tape) in zip(feeds, room.feeds).reversed() {
            feed.backward(kernels, dStream, rows: rows, tape: tape, dropped: false, gradients: gradients)
        }
        mambaBackward(paths, room, dStream, gradients)
        encoder.gradient(
            kernels, rows: rows, dy: dStream, stride: width, x: features, stride: encoder.inputs,
            dw: gradients + parameters.encoder.weight.lowerBound, db: gradients + parameters.encoder.bias.lowerBound,
            dx: dFeatures, stride: encoder.inputs)
    }

    /// The tape holds one path, so each is run again: a comparison needn't be as fast as what ships.
    private func mambaBackward(
        _ paths: S4DPaths, _ room: HopActivations, _ dStream: MutableFloats, _ gradients: MutableFloats
    ) {
        guard let stack, let mamba = room.mamba else { return }
        let width = parameters.width
        let again = room.again.reserve(paths.longest * width)
        for path in 0..<paths.count {
            let (start, hops) = paths.place(path)
            again.update(from: room.encoded.start + start * width, count: hops * width)
            stack.forward(again, rows: hops, state: mamba.begin(hops), tape: mamba.tape)
            stack.backward(dStream + start * width, tape: mamba.tape, gradients: gradients)
        }
    }
}

/// The memory of one thread's passes.
final class HopActivations {
    // Not Sendable on purpose: one thread's.
    /// [R, H] encoder's output, trunk's output, gradients; [P, pooled].
    let encoded = GrowingFloats(), stream = GrowingFloats(), again = GrowingFloats(), dStream = GrowingFloats()
    let pooled = GrowingFloats(), dPooled = GrowingFloats()
    let mamba: MambaRoom?
    fileprivate private(set) var feeds: [FeedForwardTape] = []
    fileprivate private(set) var last: FeedForwardTape?
    private let parameters: HopParameters
    private var rows = 0, paths = 0

    init(_ parameters: HopParameters) {
        self.parameters = parameters
        mamba = parameters.mamba.map { MambaRoom(MambaStack(MixerShape(width: parameters.width), place: $0)) }
    }

    /// Tapes for so many hops and paths.
    fileprivate func prepare(rows: Int, paths: Int) {
        guard parameters.mamba == nil, rows > self.rows || paths > self.paths else { return }
        (self.rows, self.paths) = (max(rows, self.rows), max(paths, self.paths))
        feeds = parameters.feeds.map { _ in
            FeedForwardTape(HopParameters.block(parameters.width), capacity: self.rows, trains: true)
        }
        last = FeedForwardTape(HopParameters.block(parameters.pooledWidth), capacity: self.paths, trains: true)
    }
}

extension S4DPaths {
    fileprivate func place(_ path: Int) -> (start: Int, hops: Int) {
        (Int(offsets[path]), Int(offsets[path + 1] - offsets[path]))
    }
}
