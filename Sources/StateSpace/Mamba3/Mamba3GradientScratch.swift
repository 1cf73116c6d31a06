/// Room for the backward pass of one Mamba-3 mixer; names as in Mamba3Tape.
package final class Mamba3GradientScratch {
    let projected, step, alpha, beta, gamma, angle: FloatBuffer
    let keys, queries, keyNormed, queryNormed: FloatBuffer
    let values, scanned, normed, gates, gated, collected: FloatBuffer
    /// [N, P]: adjoint of a head's state.
    let adjoint: FloatBuffer

    package init(_ shape: Mamba3Shape, capacity: Int) {
        let (h, r, n, p) = (shape.heads, shape.rank, shape.state, shape.headWidth)
        func rows(_ count: Int) -> FloatBuffer { FloatBuffer(capacity * count) }
        projected = rows(shape.projected)
        (step, alpha, beta, gamma, angle) = (rows(h), rows(h), rows(h), rows(h), rows(h * shape.angles))
        (keys, queries, keyNormed, queryNormed) = (
            rows(h * r * n), rows(h * r * n), rows(shape.keys), rows(shape.keys)
        )
        (values, scanned, gates, gated) = (rows(h * r * p), rows(h * r * p), rows(h * r * p), rows(h * r * p))
        normed = rows(h * r * p)
        collected = rows(shape.inner)
        adjoint = FloatBuffer(n * p)
    }
}

@available(*, unavailable)
extension Mamba3GradientScratch: Sendable {}

/// The forward pass that a backward pass belongs to, and where its gradients go.
struct Mamba3Pass {
    let kernels: KernelTable
    let rows: Int
    let tape: Mamba3Tape
    let place: Mamba3Parameters
    let gradients: MutableFloats
    let scratch: Mamba3GradientScratch
}
