import Kernels

/// The operator of Mamba-2 alone, without its projections (ssm-math §3): `S ← e^a S + b ⊗ x`, `y = S c`.
///
/// L steps · H heads of width P · N states, one sequence at a time.
package struct DualityOperator: Sendable {
    package let heads: Int
    package let width: Int
    package let stateSize: Int

    package init(heads: Int, width: Int, stateSize: Int) {
        self.heads = heads
        self.width = width
        self.stateSize = stateSize
    }

    /// x [L, H, P], times its step already · a [L, H], the logarithm of the decay · b, c [L, H, N].
    package struct Inputs: Sendable {
        package var x: [Float]
        package var a: [Float]
        package var b: [Float]
        package var c: [Float]

        package init(x: [Float], a: [Float], b: [Float], c: [Float]) {
            self.x = x
            self.a = a
            self.b = b
            self.c = c
        }
    }

    /// What a run leaves for the backward pass.
    package struct Trace: Sendable {
        /// [L, H, P].
        package let y: [Float]
        /// [H, N, P].
        package let lastState: [Float]
        fileprivate let states: [Float]
    }

    package func run(_ inputs: Inputs, from state: [Float]? = nil) -> Trace {
        let length = inputs.a.count / heads
        let size = heads * stateSize * width
        var carried = state ?? [Float](repeating: 0, count: size)
        var y = [Float](repeating: 0, count: inputs.x.count)
        var states = [Float](repeating: 0, count: (length + 1) * size)
        mneme_ssd_scan(
            length, heads, width, stateSize, inputs.x, inputs.a, inputs.b, inputs.c, &carried, &y, &states)
        return Trace(y: y, lastState: carried, states: states)
    }

    /// Gradients for ∂loss/∂y [L, H, P], laid out as the inputs.
    package func gradients(_ inputs: Inputs, _ trace: Trace, dy: [Float]) -> Inputs {
        var result = inputs
        var lambda = [Float](repeating: 0, count: heads * stateSize * width)
        mneme_ssd_scan_backward(
            inputs.a.count / heads, heads, width, stateSize, inputs.x, inputs.a, inputs.b, inputs.c,
            trace.states, dy,
            &lambda, &result.x, &result.a, &result.b, &result.c)
        return result
    }
}
