import Kernels

extension MixerWeights {
    /// Where the raw step, B and C of a row come from.
    enum Selection {
        case projected(Projection)
        /// [R + 2N], the same for every row.
        case constant(FloatBuffer)
    }

    /// Fills the tape's `selected` from `activated`.
    func select(_ kernels: KernelTable, rows: Int, _ tape: MixerTape) {
        let width = shape.selection
        switch selection {
        case .projected(let projection):
            projection.apply(
                kernels, rows: rows, tape.activated.start, stride: shape.inner, to: tape.selected.start, stride: width)
        case .constant(let values):
            for row in 0..<rows { (tape.selected.start + row * width).update(from: values.start, count: width) }
        }
    }

    /// The gradient of `selected` waits in `scratch`; that of `activated` is added to. Constants have none to add.
    func selectGradient(_ kernels: KernelTable, _ pass: MixerPass, _ gradients: MutableFloats, _ scratch: MixerGradientScratch) {
        let (e, width) = (shape.inner, shape.selection)
        switch selection {
        case .projected(let projection):
            projection.gradient(
                kernels, rows: pass.rows, dy: scratch.selected.start, stride: width, x: pass.tape.activated.start,
                stride: e,
                dw: pass.trainsWeights ? gradients + pass.place.selection : nil, db: nil,
                dx: scratch.activated.start, stride: e, adding: true)
        case .constant:
            guard pass.trainsWeights else { return }
            for row in 0..<pass.rows {
                kernels.call.pointee.add(scratch.selected.start + row * width, width, gradients + pass.place.selection)
            }
        }
    }
}
