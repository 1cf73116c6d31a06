import Kernels

/// Token sequences in, logits at the asked rows out; one type for every block.
///
/// R rows of all sequences together · A asked rows · D width · V outputs. Belongs to one thread while it is loaded;
/// afterwards any number may run it, each with a tape of its own.
package final class TokenNetwork {
    package let shape: TokenShape
    package let place: TokenParameters
    private let trunk: Trunk
    private let kernels: KernelTable
    private let embedding, norm, normBias: FloatBuffer
    private let head: Projection

    private enum Trunk {
        case mamba(MambaStack)
        case s4d(S4DTrunk)
        case mamba3(Mamba3Stack)
    }

    package init(_ shape: TokenShape, kernels: KernelTable = .best, trains: Bool = false) {
        self.shape = shape
        self.kernels = kernels
        place = TokenParameters(shape)
        let width = shape.block.width
        switch (place.trunk, shape.block) {
        case (.mamba(let place), .mamba(let mixer)):
            trunk = .mamba(MambaStack(mixer, place: place, kernels: kernels, trains: trains))
        case (.mamba3(let place), .mamba3(let mixer, _)):
            trunk = .mamba3(Mamba3Stack(mixer, place: place, kernels: kernels, trains: trains))
        case (.s4d(let configuration, let place), _):
            trunk = .s4d(S4DTrunk(configuration, place))
        default: preconditionFailure("the place is made from the block")
        }
        embedding = FloatBuffer(shape.vocabulary * width)
        norm = FloatBuffer(width)
        normBias = FloatBuffer(width)
        head = Projection(inputs: width, outputs: shape.outputs, trains: trains)
    }

    /// Sequences of one pass: a recurrence takes them one after the other, a convolution shares its kernels among all.
    package var isConvolved: Bool {
        if case .s4d = trunk { true } else { false }
    }

    package func load(_ parameters: Floats) {
        embedding.start.update(from: parameters + place.embedding, count: embedding.count)
        switch trunk {
        case .mamba(let stack): stack.load(parameters)
        case .mamba3(let stack): stack.load(parameters)
        case .s4d(let trunk): trunk.load(parameters)
        }
        norm.start.update(from: parameters + place.norm, count: norm.count)
        if let bias = place.normBias { normBias.start.update(from: parameters + bias, count: norm.count) }
        head.load(parameters + place.head)
    }

    package func makeTape() -> TokenTape {
        switch trunk {
        case .mamba(let stack): TokenTape(.mamba(.init(stack)))
        case .mamba3(let stack): TokenTape(.mamba3(.init(stack)))
        case .s4d(let trunk):
            TokenTape(.s4d(S4DActivations(trunk.configuration, forTraining: true)))
        }
    }
}

@available(*, unavailable)
extension TokenNetwork: Sendable {}

extension TokenNetwork {
    /// Logits [A, V], valid until the tape's next use. A recurrent block takes one sequence per pass.
    package func forward(_ pass: TokenPass, tape: TokenTape) -> MutableFloats {
        let (rows, width) = (pass.tokens.count, shape.block.width)
        precondition(isConvolved || pass.paths.count == 1, "a recurrent block takes one sequence per pass")
        let stream = runTrunk(pass, tape) { stream in
            for (row, token) in pass.tokens.enumerated() {
                (stream + row * width).update(from: embedding.start + Int(token) * width, count: width)
            }
        }
        let asked = pass.asked.count
        let gathered = tape.gathered.reserve(asked * width)
        for (index, row) in pass.asked.enumerated() {
            precondition(row < rows, "a row of this pass")
            (gathered + index * width).update(from: stream + Int(row) * width, count: width)
        }
        let normed = tape.normed.reserve(asked * width)
        if place.normBias == nil {
            kernels.call.pointee.rms_norm(
                asked, width, gathered, norm.start, MambaStack.epsilon, normed, tape.scale.reserve(asked))
        } else {
            kernels.call.pointee.layer_norm(
                asked, width, gathered, norm.start, normBias.start, MambaStack.epsilon, normed,
                tape.mean.reserve(asked), tape.scale.reserve(asked))
        }
        let logits = tape.logits.reserve(asked * shape.outputs)
        head.apply(kernels, rows: asked, normed, stride: width, to: logits, stride: shape.outputs)
        return logits
    }

    private func runTrunk(
        _ pass: TokenPass, _ tape: TokenTape, embed: (MutableFloats) -> Void
    ) -> MutableFloats {
        let (rows, width) = (pass.tokens.count, shape.block.width)
        switch (trunk, tape.trunk) {
        case (.mamba(let stack), .mamba(let room)):
            let stream = tape.stream.reserve(rows * width)
            embed(stream)
            stack.forward(stream, rows: rows, state: room.begin(rows), tape: room.tape)
            return stream
        case (.mamba3(let stack), .mamba3(let room)):
            let stream = tape.stream.reserve(rows * width)
            embed(stream)
            stack.run(stream, rows: rows, states: room.begin(rows), tape: room.tape)
            return stream
        case (.s4d(let trunk), .s4d(let activations)):
            let stack = trunk.stack
            embed(activations.layer(0, rows: rows, channels: width).residual)
            pass.paths.offsets.withUnsafeBufferPointer { offsets in
                // Force unwrap: offsets has at least the zero.
                stack.forward(
                    offsets.baseAddress!, paths: pass.paths.count, rows: rows, mode: nil,
                    stack.kernels(length: stack.convolvedHops(pass.paths, nil)), activations)
            }
            return activations.layer(shape.layers, rows: rows, channels: width).residual
        default: preconditionFailure("the tape is this network's")
        }
    }

    /// Given dLogits [A, V] of the last `forward`: `gradients` (flat) are added to.
    package func backward(
        _ dLogits: Floats, _ pass: TokenPass, tape: TokenTape, gradients: MutableFloats
    ) {
        let (rows, width, asked) = (pass.tokens.count, shape.block.width, pass.asked.count)
        let dNormed = tape.dNormed.reserve(asked * width)
        head.gradient(
            kernels, rows: asked, dy: dLogits, stride: shape.outputs, x: tape.normed.start, stride: width,
            dw: gradients + place.head, db: nil, dx: dNormed, stride: width)
        let dGathered = tape.dGathered.zeros(asked * width)
        if let bias = place.normBias {
            kernels.call.pointee.layer_norm_gradient(
                asked, width, tape.gathered.start, norm.start, tape.mean.start, tape.scale.start, dNormed,
                dGathered, gradients + place.norm, gradients + bias)
        } else {
            kernels.call.pointee.rms_norm_gradient(
                asked, width, tape.gathered.start, norm.start, tape.scale.start, dNormed, dGathered,
                gradients + place.norm)
        }
        let stream = tape.gradient.zeros(rows * width)
        for (index, row) in pass.asked.enumerated() {
            kernels.call.pointee.add(dGathered + index * width, width, stream + Int(row) * width)
        }
        trunkBackward(stream, pass, tape, gradients)
        for (row, token) in pass.tokens.enumerated() {
            kernels.call.pointee.add(
                stream + row * width, width, gradients + place.embedding + Int(token) * width)
        }
        for range in place.frozen { for index in range { gradients[index] = 0 } }
    }

    private func trunkBackward(
        _ stream: MutableFloats, _ pass: TokenPass, _ tape: TokenTape, _ gradients: MutableFloats
    ) {
        switch (trunk, tape.trunk) {
        case (.mamba(let stack), .mamba(let room)):
            stack.backward(stream, tape: room.tape, gradients: gradients)
        case (.mamba3(let stack), .mamba3(let room)):
            stack.backward(stream, tape: room.tape, gradients: gradients)
        case (.s4d(let trunk), .s4d(let activations)):
            trunk.stack.backward(
                pass.paths, mode: nil, kept: activations, stream: stream, gradients: gradients)
        default: preconditionFailure("the tape is this network's")
        }
    }
}
