import Differences
import StateSpace
import Testing

/// The product over int8 codes; the codes themselves are held against Tests/Golden (GoldenTests).
@Suite struct QuantizationTests {
    @Test(arguments: KernelTable.levels + [.plain]) func codesMultiplyLikeTheWeightsTheyStandFor(
        _ kernels: KernelTable
    ) {
        let (outputs, inputs) = (21, 16)
        var random = SplitMix64(seed: 3)
        let weight = FloatBuffer(random.normals(outputs * inputs))
        let x = FloatBuffer(random.normals(4 * inputs))
        let fake = FloatBuffer(QuantizedRows(weight.start, rows: outputs, columns: inputs).weight)
        let codes = Projection(inputs: inputs, outputs: outputs)
        codes.quantize(weight.start)
        let floats = Projection(inputs: inputs, outputs: outputs)
        floats.load(fake.start)
        let y = FloatBuffer(4 * outputs)
        let expected = FloatBuffer(4 * outputs)
        codes.apply(kernels, rows: 4, x.start, stride: inputs, to: y.start, stride: outputs)
        floats.apply(.plain, rows: 4, x.start, stride: inputs, to: expected.start, stride: outputs)
        let error = relativeError(y.array, expected.array)
        print("int8 product \(kernels.name): \(error)")
        // f32 sums over 16 terms.
        #expect(error < 1e-6)
    }
}
