/// One mixer's weights as the kernels read them.
package final class Mamba3Weights {
    package let shape: Mamba3Shape
    package let inProjection, outProjection: Projection
    /// [H]; [H, R, N]; [N]; [H].
    let stepBias, keyBias, queryBias, keyNorm, queryNorm, skip: FloatBuffer
    /// [H, R, P], ones for SISO; [E], nil without output norm.
    let expandX, expandZ, contract: FloatBuffer
    let norm: FloatBuffer?
    /// The rows of in_proj for step and angle once more, [H + M, D]: they are multiplied in double.
    let turning: FloatBuffer

    package init(_ shape: Mamba3Shape, trains: Bool) {
        let (h, r, n, p) = (shape.heads, shape.rank, shape.state, shape.headWidth)
        self.shape = shape
        inProjection = Projection(inputs: shape.width, outputs: shape.projected, trains: trains)
        outProjection = Projection(inputs: shape.inner, outputs: shape.width, trains: trains)
        stepBias = FloatBuffer(h)
        keyBias = FloatBuffer(h * r * n)
        queryBias = FloatBuffer(h * r * n)
        keyNorm = FloatBuffer(n)
        queryNorm = FloatBuffer(n)
        skip = FloatBuffer(h)
        let ones = [Float](repeating: 1, count: h * r * p)
        expandX = FloatBuffer(ones)
        expandZ = FloatBuffer(ones)
        contract = FloatBuffer(ones)
        norm = shape.outputNorm ? FloatBuffer(shape.inner) : nil
        turning = FloatBuffer((h + shape.angles) * shape.width)
    }

    package func load(_ parameters: Floats, at place: Mamba3Parameters) {
        func copy(_ offset: Int?, _ buffer: FloatBuffer?) {
            guard let offset, let buffer else { return }
            buffer.start.update(from: parameters + offset, count: buffer.count)
        }
        inProjection.load(parameters + place.inProjection)
        outProjection.load(parameters + place.outProjection)
        let (d, h) = (shape.width, shape.heads)
        let rows = parameters + place.inProjection
        turning.start.update(from: rows + shape.stepColumn * d, count: h * d)
        (turning.start + h * d).update(from: rows + shape.angleColumn * d, count: shape.angles * d)
        copy(place.stepBias, stepBias)
        copy(place.keyBias, keyBias)
        copy(place.queryBias, queryBias)
        copy(place.keyNorm, keyNorm)
        copy(place.queryNorm, queryNorm)
        copy(place.skip, skip)
        copy(place.expandX, expandX)
        copy(place.expandZ, expandZ)
        copy(place.contract, contract)
        copy(place.norm, norm)
    }
}

@available(*, unavailable)
extension Mamba3Weights: Sendable {}

/// Intermediate values over up to `capacity` rows, for a step and for the backward pass.
package final class Mamba3Tape {
    package let capacity: Int
    /// [T, in_proj rows].
    package let projected: FloatBuffer
    /// [T, H]: Δ, A, λ and the three coefficients of the recurrence.
    package let step, decay, trapezoid: FloatBuffer
    let alpha, beta, gamma: FloatBuffer
    /// [T, M]: tanh(angle); [T, H, M]: cos φ, sin φ.
    let turn, cosine, sine: FloatBuffer
    /// [M]: π tanh(angle) of the row at hand.
    let turns: UnsafeMutablePointer<Double>
    /// [T, R, G, N] after RMSNorm, and 1/rms [T, R, G].
    package let keyNormed, queryNormed: FloatBuffer
    let keyScale, queryScale: FloatBuffer
    /// [T, H, R, N]; [T, H, R, P].
    let keys, queries, values, scanned, normed, gates, gated: FloatBuffer
    /// 1/rms of the output norm [T, H, R].
    let scale: FloatBuffer
    /// [T, E]: what out_proj reads.
    let collected: FloatBuffer
    /// [H, T+1, N, P], and the state's last keys and values before the first row; only a trainer pays for them.
    let history, firstKeys, firstValues: FloatBuffer?

    package init(_ shape: Mamba3Shape, capacity: Int, trains: Bool) {
        let (h, r, n, p) = (shape.heads, shape.rank, shape.state, shape.headWidth)
        func rows(_ count: Int) -> FloatBuffer { FloatBuffer(capacity * count) }
        self.capacity = capacity
        projected = rows(shape.projected)
        (step, decay, trapezoid) = (rows(h), rows(h), rows(h))
        (alpha, beta, gamma) = (rows(h), rows(h), rows(h))
        (turn, cosine, sine) = (rows(shape.angles), rows(h * shape.angles), rows(h * shape.angles))
        (keyNormed, queryNormed, keyScale, queryScale) = (
            rows(shape.keys), rows(shape.keys), rows(r * shape.groups), rows(r * shape.groups)
        )
        (keys, queries) = (rows(h * r * n), rows(h * r * n))
        (values, scanned, gates, gated) = (rows(h * r * p), rows(h * r * p), rows(h * r * p), rows(h * r * p))
        normed = shape.outputNorm ? rows(h * r * p) : scanned
        scale = rows(h * r)
        collected = rows(shape.inner)
        turns = .allocate(capacity: max(shape.angles, 1))
        turns.initialize(repeating: 0, count: max(shape.angles, 1))
        history = trains ? FloatBuffer(h * (capacity + 1) * n * p) : nil
        firstKeys = trains ? FloatBuffer(h * r * n) : nil
        firstValues = trains ? FloatBuffer(h * r * p) : nil
    }

    deinit { turns.deallocate() }
}

@available(*, unavailable)
extension Mamba3Tape: Sendable {}
