import Differences
import StateSpace
import Testing

/// LoRA on projections (ssm-math 6).
@Suite struct LowRankTests {
    @Test(arguments: KernelTable.levels + [.plain]) func mergedAndUnmergedGiveTheSame(_ kernels: KernelTable)
    {
        let model = TinyStack(kernels: kernels)
        let merged = FloatBuffer(model.values.array)
        for (index, layer) in model.stack.layers.enumerated() {
            let place = model.stack.place.mixers[index]
            attach(to: layer.inProjection, seed: UInt64(index)).merge(into: merged.start + place.inProjection)
            attach(to: layer.outProjection, seed: 10 + UInt64(index)).merge(
                into: merged.start + place.outProjection)
        }
        let unmerged = model.whole().y
        for layer in model.stack.layers {
            layer.inProjection.adapter = nil
            layer.outProjection.adapter = nil
        }
        let plain = model.whole().y
        model.stack.load(merged.start)
        let error = relativeError(unmerged, model.whole().y)
        print("merged = unmerged LoRA, \(kernels.name): \(error)")
        #expect(error < 2e-6)
        #expect(relativeError(unmerged, plain) > 1e-2)
    }

    @Test func aNewAdapterChangesNothing() {
        let model = TinyStack()
        let before = model.whole().y
        for layer in model.stack.layers {
            let projection = layer.inProjection
            projection.adapter = LowRankAdapter(
                inputs: projection.inputs, outputs: projection.outputs, rank: 2, alpha: 4,
                v: [Float](repeating: 0.3, count: 2 * projection.inputs))
        }
        #expect(model.whole().y == before)
    }

    /// dU = s Σ dy (Vx)ᵀ, dV = s Σ (Uᵀdy) xᵀ, dx = Wᵀdy + s Vᵀ(Uᵀdy), against loops in double.
    @Test(arguments: KernelTable.levels + [.plain]) func adapterGradientsFollowTheFormulas(
        _ kernels: KernelTable
    ) {
        let (rows, inputs, outputs, rank) = (3, 7, 5, 2)
        let weight = numbers(outputs * inputs, 1)
        let x = numbers(rows * inputs, 2)
        let dy = numbers(rows * outputs, 3)
        let projection = Projection(inputs: inputs, outputs: outputs, trains: true)
        projection.load(weight.start)
        let adapter = attach(to: projection, seed: 4)
        let dx = FloatBuffer(rows * inputs)
        projection.gradient(
            kernels, rows: rows, dy: dy.start, stride: outputs, x: x.start, stride: inputs, dw: nil, db: nil,
            dx: dx.start, stride: inputs)
        let merged = FloatBuffer(weight.array)
        adapter.merge(into: merged.start)
        var expected = WorstError()
        expected.add("dx", dx.array, product(dy, merged, rows, outputs, inputs))
        let dw = (0..<outputs).map { o in
            (0..<inputs).map { i in
                (0..<rows).reduce(0.0) {
                    $0 + Double(dy.start[$1 * outputs + o]) * Double(x.start[$1 * inputs + i])
                }
            }
        }
        var dv: [Float] = []
        var du: [Float] = []
        for r in 0..<rank {
            for i in 0..<inputs {
                dv.append(
                    Float(
                        (0..<outputs).reduce(0.0) { $0 + Double(adapter.u[$1 * rank + r]) * dw[$1][i] }
                            * Double(adapter.scale)))
            }
        }
        for o in 0..<outputs {
            for r in 0..<rank {
                du.append(
                    Float(
                        (0..<inputs).reduce(0.0) { $0 + Double(adapter.v[r * inputs + $1]) * dw[o][$1] }
                            * Double(adapter.scale)))
            }
        }
        expected.add("dV and dU", adapter.gradients.array, dv + du)
        print("LoRA gradients, \(kernels.name): \(expected)")
        #expect(expected.value < 1e-6)
    }

    /// An adapter of rank 2 with U and V that are not zero.
    @discardableResult
    private func attach(to projection: Projection, seed: UInt64) -> LowRankAdapter {
        let rank = 2
        let adapter = LowRankAdapter(
            inputs: projection.inputs, outputs: projection.outputs, rank: rank, alpha: 3,
            v: numbers(rank * projection.inputs, seed).array)
        let u = numbers(rank * projection.outputs, seed + 100)
        adapter.u.update(from: u.start, count: u.count)
        adapter.pack()
        projection.adapter = adapter
        return adapter
    }

    private func numbers(_ count: Int, _ seed: UInt64) -> FloatBuffer {
        var random = SplitMix64(seed: seed)
        return FloatBuffer((0..<count).map { _ in random.symmetric(0.5) })
    }

    /// dy [rows, outputs] W [outputs, inputs].
    private func product(_ dy: FloatBuffer, _ w: FloatBuffer, _ rows: Int, _ outputs: Int, _ inputs: Int)
        -> [Float]
    {
        (0..<rows).flatMap { row in
            (0..<inputs).map { i in
                Float(
                    (0..<outputs).reduce(0.0) {
                        $0 + Double(dy.start[row * outputs + $1]) * Double(w.start[$1 * inputs + i])
                    })
            }
        }
    }
}
