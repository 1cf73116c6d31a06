/// One layer without norm and residual, on whole sequences, with its gradients: for parity and gradient checks.
package struct S4DSingleLayer: Sendable {
    package let layout: ParameterLayout
    let layer: S4DLayer
    private let values: [Float]

    package static func layout(_ configuration: S4DConfiguration) -> ParameterLayout {
        var layout = ParameterLayout()
        _ = S4DLayerSlots("", &layout, configuration)
        return layout
    }

    package init(_ configuration: S4DConfiguration, values: [Float]) {
        var layout = ParameterLayout()
        let slots = S4DLayerSlots("", &layout, configuration)
        precondition(values.count == layout.count, "these values are another layer's")
        layer = S4DLayer(
            slots, values: values, channels: configuration.channels, modes: configuration.modes,
            rule: configuration.discretisation)
        self.layout = layout
        self.values = values
    }

    package struct Result: Sendable {
        /// [R, H] each.
        package var mixed: [Float]
        package var y: [Float]
        package var du: [Float]
        package var gradients: [Float]
    }

    /// Runs u [R, H] forward and dy [R, H] backward.
    package func run(_ paths: S4DPaths, u: [Float], dy: [Float], mode: S4DMode) -> Result {
        let width = layer.channels
        let size = paths.rows * width
        var result = Result(
            mixed: [], y: [Float](repeating: 0, count: size), du: [Float](repeating: 0, count: size),
            gradients: [Float](repeating: 0, count: layout.count))
        let (mixed, active, gated, scratch) = (
            GrowingFloats(size), GrowingFloats(size), GrowingFloats(2 * size), GrowingFloats(2 * size)
        )
        let slope = GrowingFloats(size)
        let buffers = S4DLayerBuffers(
            residual: slope.start, input: slope.start, mixed: mixed.start, active: active.start,
            gated: gated.start,
            sum: slope.start)
        let kernel = mode == .convolution ? layer.system.kernel(length: paths.longest) : []
        let states = GrowingFloats()
        layer.mix(
            paths.offsets, paths: paths.count, mode: mode, kernel: kernel, state: states, u: u, y: mixed.start
        )
        layer.finish(rows: paths.rows, buffers, add: false, y: &result.y)
        result.mixed = Array(UnsafeBufferPointer(start: mixed.start, count: size))
        layer.finishBackward(
            rows: paths.rows, buffers, dy: dy, scratch: scratch.start, slope: slope.start,
            gradients: &result.gradients)
        var gradient = S4DSystemGradient()
        gradient.prepareKernel(length: mode == .convolution ? paths.longest : 0, channels: width)
        layer.mixBackward(
            paths.offsets, paths: paths.count, mode: mode, kernel: kernel, scratch: states, u: u,
            dy: slope.start,
            du: &result.du, gradient: &gradient, gradients: &result.gradients)
        gradient.add(
            to: &result.gradients, layer.slots.kernel, values: values, of: layer.system, rule: layer.rule)
        return result
    }
}
