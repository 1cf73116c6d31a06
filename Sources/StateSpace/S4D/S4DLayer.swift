import Kernels

/// One layer, ready to run: `y = GLU(W gelu(K ∗ u + D u) + b)` (ssm-math §1.6).
///
/// H channels · R rows. Immutable; any number of threads may run it.
struct S4DLayer: Sendable {
    let slots: S4DLayerSlots
    let system: S4DSystem
    let rule: S4DDiscretisation
    let channels: Int
    /// [H].
    let skip: [Float]
    /// W as the file has it, [2H, H], and for the forward pass [H, 2H].
    let weight: [Float]
    let weightTransposed: [Float]
    /// [2H].
    let bias: [Float]

    init(_ slots: S4DLayerSlots, values: [Float], channels: Int, modes: Int, rule: S4DDiscretisation) {
        self.slots = slots
        self.channels = channels
        self.rule = rule
        system = S4DSystem(slots.kernel, values: values, channels: channels, modes: modes, rule: rule)
        skip = Array(values[slots.skip])
        weight = Array(values[slots.weight])
        weightTransposed = transposed(weight, rows: 2 * channels)
        bias = Array(values[slots.bias])
    }

    /// From `buffers.mixed` (the systems' output, D u included) to y [R, H]; `add` adds to what is in y.
    func finish(rows: Int, _ buffers: S4DLayerBuffers, add: Bool, y: UnsafeMutablePointer<Float>) {
        mneme_s4d_gelu(rows * channels, buffers.mixed, buffers.active)
        mneme_s4d_matrix(
            rows, 2 * channels, channels, buffers.active, channels, 1, weightTransposed, 2 * channels, bias,
            0,
            buffers.gated, 2 * channels)
        mneme_s4d_glu(rows, channels, buffers.gated, add ? 1 : 0, y)
    }

    /// The gradient of `finish` by `mixed`, into `slope`; weights' gradients are added.
    func finishBackward(
        rows: Int, _ buffers: S4DLayerBuffers, dy: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>,
        slope: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>
    ) {
        mneme_s4d_glu_backward(rows, channels, buffers.gated, dy, scratch)
        mneme_s4d_matrix(
            2 * channels, channels, rows, scratch, 1, 2 * channels, buffers.active, channels, nil, 1,
            gradients + slots.weight.lowerBound, channels)
        addColumns(of: scratch, rows: rows, width: 2 * channels, to: gradients + slots.bias.lowerBound)
        mneme_s4d_matrix(
            rows, channels, 2 * channels, scratch, 2 * channels, 1, weight, channels, nil, 0, slope, channels)
        mneme_s4d_gelu_backward(rows * channels, buffers.mixed, slope, slope)
    }
}

/// Where one layer leaves what its backward pass needs. Pointers into the activations that own them.
struct S4DLayerBuffers {
    /// [R, H] each: the residual stream before the layer, the systems' input, their output, gelu of it.
    var residual: UnsafeMutablePointer<Float>
    var input: UnsafeMutablePointer<Float>
    var mixed: UnsafeMutablePointer<Float>
    var active: UnsafeMutablePointer<Float>
    /// [R, 2H]: before the GLU.
    var gated: UnsafeMutablePointer<Float>
    /// [R, H]: with post-norm, the sum before the norm.
    var sum: UnsafeMutablePointer<Float>
}

/// [rows, columns] to [columns, rows].
func transposed(_ matrix: [Float], rows: Int) -> [Float] {
    let columns = matrix.count / max(rows, 1)
    var result = [Float](repeating: 0, count: matrix.count)
    for row in 0..<rows {
        for column in 0..<columns { result[column * rows + row] = matrix[row * columns + column] }
    }
    return result
}

/// Adds the sum of the rows of x [R, width]: a product with a row of ones, which is one value read at stride zero.
func addColumns(of x: UnsafePointer<Float>, rows: Int, width: Int, to sums: UnsafeMutablePointer<Float>) {
    var one: Float = 1
    mneme_s4d_matrix(1, width, rows, &one, 0, 0, x, width, nil, 1, sums, width)
}
