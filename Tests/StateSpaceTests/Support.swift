import GoldenTensors
import StateSpace

/// Parameters of a golden file in a layout's order, one flat vector.
func parameters(_ layout: ParameterLayout, from golden: GoldenTensors, prefix: String) -> FloatBuffer {
    let values = FloatBuffer(layout.count)
    for entry in layout.entries {
        for (index, value) in golden[prefix + entry.name].enumerated() {
            values.start[entry.offset + index] = value
        }
    }
    return values
}

extension GoldenTensors {
    /// Sizes of the mixer whose tensors stand under `prefix`; biases are there or not.
    func mixerShape(_ prefix: String) -> MixerShape {
        let inner = shape(prefix + "A_log")[0]
        return MixerShape(
            width: shape(prefix + "in_proj.weight")[1], inner: inner, state: shape(prefix + "A_log")[1],
            taps: shape(prefix + "conv1d.weight")[2], stepRank: shape(prefix + "dt_proj.weight")[1],
            projectionBias: tensors[prefix + "in_proj.bias"] != nil,
            convolutionBias: tensors[prefix + "conv1d.bias"] != nil)
    }
}

/// Rows `range` of dimension 1 of a [B, L, …] tensor whose first two sizes are given, for one b.
func rows(_ values: [Float], batch: Int, length: Int, width: Int) -> [Float] {
    Array(values[batch * length * width..<(batch + 1) * length * width])
}
