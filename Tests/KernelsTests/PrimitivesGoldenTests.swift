import Foundation
import GoldenTensors
import StateSpace
import Testing

/// `primitives` of Tests/Golden: from -200 to 200, on each dispatch level.
@Suite struct PrimitivesGoldenTests {
    @Test(arguments: KernelTable.levels + [.plain]) func functionsAreAsRecorded(_ kernels: KernelTable) throws
    {
        let golden = try GoldenTensors("primitives")
        let x = FloatBuffer(golden["x"])
        let ones = FloatBuffer([Float](repeating: 1, count: golden["x"].count))
        let k = kernels.functions
        let y = FloatBuffer(x.count)
        var worst = WorstError()
        func check(_ name: String, _ fill: (MutableFloats) -> Void) {
            fill(y.start)
            worst.add(name, y.array, golden[name])
        }
        check("softplus") { k.softplus(x.start, x.count, $0) }
        check("sigmoid") { k.sigmoid(x.start, x.count, $0) }
        check("silu") { k.silu(x.start, x.count, $0) }
        check("gelu_erf") { k.gelu(x.start, x.count, $0) }
        check("d_softplus") { k.softplus_gradient(x.start, ones.start, x.count, $0) }
        check("d_silu") { k.silu_gradient(x.start, ones.start, x.count, $0) }
        check("d_gelu_erf") { k.gelu_gradient(x.start, ones.start, x.count, $0) }
        for (name, function) in Self.scalars { worst.add(name, x.array.map(function), golden[name]) }
        print("primitives, functions, \(kernels.name): \(worst)")
        #expect(worst.value < 1e-6)
    }

    private static let scalars: [(String, @Sendable (Float) -> Float)] = [
        ("heavy_tail", Elementary.heavy), ("d_heavy_tail", Elementary.heavyDerivative),
        ("tanh", { tanh($0) }), ("d_tanh", Elementary.tanhDerivative),
        ("d_sigmoid", Elementary.sigmoidDerivative),
        ("gelu_tanh", Elementary.geluTanh), ("d_gelu_tanh", Elementary.geluTanhDerivative),
    ]

    @Test(arguments: KernelTable.levels + [.plain]) func normsAreAsRecorded(_ kernels: KernelTable) throws {
        let golden = try GoldenTensors("primitives")
        let k = kernels.functions
        var worst = WorstError()
        for kind in ["rmsnorm", "layernorm"] {
            let shape = golden.shape(kind + ".x")
            let rows = shape[0]
            let n = shape[1]
            let x = FloatBuffer(golden[kind + ".x"])
            let w = FloatBuffer(golden[kind + ".w.weight"])
            let dy = FloatBuffer(golden[kind + ".cot"])
            let y = FloatBuffer(x.count)
            let scale = FloatBuffer(rows)
            let dx = FloatBuffer(x.count)
            let dw = FloatBuffer(n)
            let mean = FloatBuffer(rows)
            let db = FloatBuffer(n)
            if kind == "rmsnorm" {
                k.rms_norm(rows, n, x.start, w.start, 1e-5, y.start, scale.start)
                k.rms_norm_gradient(rows, n, x.start, w.start, scale.start, dy.start, dx.start, dw.start)
            } else {
                let b = FloatBuffer(golden["layernorm.w.bias"])
                k.layer_norm(rows, n, x.start, w.start, b.start, 1e-5, y.start, mean.start, scale.start)
                k.layer_norm_gradient(
                    rows, n, x.start, w.start, mean.start, scale.start, dy.start, dx.start, dw.start, db.start
                )
                worst.add("db", db.array, golden["grad.layernorm.w.bias"])
            }
            worst.add(kind + ".y", y.array, golden[kind + ".y"])
            worst.add(kind + ".dx", dx.array, golden["grad.\(kind).x"])
            worst.add(kind + ".dw", dw.array, golden["grad.\(kind).w.weight"])
        }
        print("primitives, norms, \(kernels.name): \(worst)")
        #expect(worst.value < 1e-5)
    }

    /// The file holds [B, channels, L]; the kernels want time outside.
    @Test(arguments: KernelTable.levels + [.plain]) func convolutionIsAsRecorded(_ kernels: KernelTable)
        throws
    {
        let golden = try GoldenTensors("primitives")
        let k = kernels.functions
        let shape = golden.shape("conv.x")
        let e = shape[1]
        let length = shape[2]
        let taps = golden.shape("conv.w.weight")[2]
        let weight = FloatBuffer(transposed(golden["conv.w.weight"], e, taps))
        let bias = FloatBuffer(golden["conv.w.bias"])
        let dw = FloatBuffer(e * taps)
        let db = FloatBuffer(e)
        var y: [Float] = []
        var dx: [Float] = []
        for batch in 0..<shape[0] {
            let range = batch * e * length..<(batch + 1) * e * length
            let x = FloatBuffer(transposed(Array(golden["conv.x"][range]), e, length))
            let dy = FloatBuffer(transposed(Array(golden["conv.cot"][range]), e, length))
            let out = FloatBuffer(x.count)
            let gradient = FloatBuffer(x.count)
            let state = FloatBuffer(e * (taps - 1))
            var call = convolution(rows: length, channels: e, taps: taps, x: x, weight: weight, bias: bias)
            k.conv(&call, state.start, out.start, e)
            k.conv_gradient(&call, nil, dy.start, e, gradient.start, e, dw.start, db.start)
            y += transposed(out.array, length, e)
            dx += transposed(gradient.array, length, e)
        }
        var worst = WorstError()
        worst.add("conv.y", y, golden["conv.y"])
        worst.add("conv.dx", dx, golden["grad.conv.x"])
        worst.add("conv.dw", transposed(dw.array, taps, e), golden["grad.conv.w.weight"])
        worst.add("conv.db", db.array, golden["grad.conv.w.bias"])
        print("primitives, convolution, \(kernels.name): \(worst)")
        #expect(worst.value < 1e-5)
    }
}
