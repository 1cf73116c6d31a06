import GoldenTensors
import StateSpace
import Testing

/// `quant` of Tests/Golden and the product over int8 codes.
@Suite struct QuantizationTests {
    @Test func rowsAreQuantizedAsRecorded() throws {
        let golden = try GoldenTensors("quant")
        let sizes = golden.shape("in.W")
        let weight = FloatBuffer(golden["in.W"])
        let rows = QuantizedRows(weight.start, rows: sizes[0], columns: sizes[1])
        #expect(rows.codes.map { Float($0) } == golden["w8.int"])
        #expect(rows.scales == golden["w8.scale"])
        #expect(rows.weight == golden["w8.fake"])
        // Under the scale of its own row nothing is clipped: the gradient passes everywhere.
        #expect(golden["w8.grad"] == golden["w8.cot"])
    }

    @Test func activationsAreQuantizedAsRecorded() throws {
        let golden = try GoldenTensors("quant")
        let scale = golden["x8.scale"][0]
        #expect(fakeQuantize(golden["in.x"], scale: scale, in: -128...127) == golden["x8.fake"])
        let gradient = fakeQuantizeGradient(
            golden["in.x"], dy: golden["x8.cot"], scale: scale, in: -128...127)
        #expect(gradient == golden["x8.grad"])
    }

    @Test func ternaryCodesAreAsRecorded() throws {
        let golden = try GoldenTensors("quant")
        let matrix = TernaryMatrix(golden["in.W"])
        #expect(matrix.codes == golden["ternary.codes"])
        #expect(relativeError(matrix.weight, golden["ternary.weight"]) < 1e-6)
    }

    @Test(arguments: KernelTable.levels + [.plain]) func codesMultiplyLikeTheWeightsTheyStandFor(
        _ kernels: KernelTable
    ) throws {
        let golden = try GoldenTensors("quant")
        let sizes = golden.shape("in.W")
        let weight = FloatBuffer(golden["in.W"])
        let x = FloatBuffer(golden["in.x"])
        let fake = FloatBuffer(golden["w8.fake"])
        let codes = Projection(inputs: sizes[1], outputs: sizes[0])
        codes.quantize(weight.start)
        let floats = Projection(inputs: sizes[1], outputs: sizes[0])
        floats.load(fake.start)
        let y = FloatBuffer(4 * sizes[0])
        let expected = FloatBuffer(4 * sizes[0])
        codes.apply(kernels, rows: 4, x.start, stride: sizes[1], to: y.start, stride: sizes[0])
        floats.apply(.plain, rows: 4, x.start, stride: sizes[1], to: expected.start, stride: sizes[0])
        let error = relativeError(y.array, expected.array)
        print("int8 product \(kernels.name): \(error)")
        // f32 sums over 16 terms.
        #expect(error < 1e-6)
    }
}
