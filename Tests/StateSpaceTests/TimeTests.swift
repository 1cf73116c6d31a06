import Differences
import StateSpace
import Testing

/// Irregular time by the decoupled rule of ssm-math 5.
@Suite struct TimeTests {
    @Test func theReadoutAtNowIsTheNextOutputAndLeavesTheState() throws {
        let model = TinyStack()
        let width = model.shape.width
        let last = model.length - 1
        let state = model.stack.makeState()
        let scratch = MambaScratch(model.stack)
        let y = FloatBuffer(model.x.array)
        for t in 0..<last {
            model.stack.step(y.start + t * width, gap: model.gaps[t], state: state, scratch: scratch)
        }
        let before = state.exported()
        let query = FloatBuffer(model.x.array[(last * width)...])
        model.stack.readout(query.start, gap: model.gaps[last], state: state, scratch: scratch)
        #expect(state.exported() == before)
        let error = relativeError(query.array, Array(model.whole().y[(last * width)...]))
        print("readout = last output: \(error)")
        #expect(error == 0)
    }

    @Test func aLongerGapForgetsMore() {
        let model = TinyStack()
        let sums = [Float(0), 1, 100, 1e6, .infinity].map { gap in
            let state = model.whole().state
            model.stack.decay(state, gap: gap, scratch: MambaScratch(model.stack))
            return state.h(ofLayer: 0).reduce(0) { $0 + abs($1) }
        }
        #expect(sums == sums.sorted(by: >))
        #expect(sums[1] < sums[0] && sums[3] < sums[2])
        #expect(sums.allSatisfy { $0.isFinite })
    }

    @Test func withoutTimeDecayGapsChangeNothing() throws {
        let model = TinyStack(timeDecay: false)
        let state = model.stack.makeState()
        let y = FloatBuffer(model.x.array)
        let scratch = MambaScratch(model.stack, rows: model.length)
        model.stack.run(y.start, rows: model.length, gaps: nil, state: state, scratch: scratch)
        #expect(y.array == model.whole().y)
    }

    /// Central differences in the directions of the gradient itself, tensor by tensor: κ, A and the rest.
    @Test(arguments: KernelTable.levels + [.plain]) func gradientsAreTheSlopesOfTheLoss(
        _ kernels: KernelTable
    ) {
        let model = TinyStack(width: 8, layers: 2, length: 9, kernels: kernels)
        // Initial values write weakly and forget slowly: slopes would drown in rounding.
        for entry in model.layout.entries {
            for index in entry.offset..<entry.offset + entry.count {
                if ["time_decay", "dt_proj.bias"].contains(where: entry.name.hasSuffix) {
                    model.values.start[index] = -0.5
                }
                if entry.name.hasSuffix("proj.weight") { model.values.start[index] *= 3 }
            }
        }
        model.stack.load(model.values.start)
        let cotangent = TinyStack(width: 8, layers: 2, length: 9, seed: 8).x.array
        let tape = MambaTape(model.stack, capacity: model.length)
        func loss() -> Double {
            let y = FloatBuffer(model.x.array)
            let state = model.stack.makeState()
            model.stack.forward(y.start, rows: model.length, gaps: model.aged.start, state: state, tape: tape)
            return zip(y.array, cotangent).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        _ = loss()
        let dx = FloatBuffer(cotangent)
        model.stack.backward(dx.start, tape: tape, gradients: model.gradients.start)
        var worst = 0.0
        var name = ""
        for entry in model.layout.entries {
            let error = slopeError(entry, values: model.values, gradient: model.gradients[entry]) {
                model.stack.load(model.values.start)
                return loss()
            }
            if error > worst { (worst, name) = (error, entry.name) }
        }
        print("slopes \(kernels.name): \(worst) (\(name))")
        // f32 outputs under central differences: some three digits are left.
        #expect(worst < 1e-2)
    }
}
