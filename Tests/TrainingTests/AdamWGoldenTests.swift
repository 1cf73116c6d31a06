import GoldenTensors
import StateSpace
import Testing
import Training

/// `adamw` and `listwise-ce` of Tests/Golden, on each dispatch level.
@Suite struct AdamWGoldenTests {
    @Test(arguments: KernelTable.levels + [.plain]) func sixUpdatesMoveParametersAsRecorded(
        _ kernels: KernelTable
    ) throws {
        let golden = try GoldenTensors("adamw")
        var layout = ParameterLayout()
        for (name, decays) in [("w1", true), ("w2", true), ("A_log", false), ("b", false)] {
            layout.add(name, golden.shape("init." + name), decays: decays)
        }
        let values = FloatBuffer(layout.count)
        let gradients = FloatBuffer(layout.count)
        fill(values, layout, golden, "init.")
        let optimizer = AdamW(layout, kernels: kernels)
        var worst = WorstError()
        for step in 0..<6 {
            fill(gradients, layout, golden, "step\(step).grad.")
            let norm = optimizer.update(values.start, gradients: gradients.start, learningRate: 1e-3)
            worst.add("step\(step).grad_norm", [Float(norm)], golden["step\(step).grad_norm"])
            for entry in layout.entries {
                worst.add("step\(step)." + entry.name, values[entry], golden["step\(step)." + entry.name])
            }
        }
        for entry in layout.entries {
            worst.add("m." + entry.name, optimizer.first[entry], golden["final.m." + entry.name])
            worst.add("v." + entry.name, optimizer.second[entry], golden["final.v." + entry.name])
        }
        print("adamw \(kernels.name): \(worst)")
        #expect(worst.value < 1e-5)
    }

    @Test(arguments: KernelTable.levels + [.plain]) func listsAreScoredAsRecorded(_ kernels: KernelTable)
        throws
    {
        let golden = try GoldenTensors("listwise-ce")
        let shape = golden.shape("in.scores")
        let length = shape[1]
        let scores = FloatBuffer(golden["in.scores"])
        let labels = FloatBuffer(golden["in.labels"])
        let mask = golden["in.mask"].map { UInt8($0) }
        let gradient = FloatBuffer(scores.count)
        let loss = ListwiseLoss(kernels: kernels)
        var perList: [Float] = []
        var total = 0.0
        var counted = 0
        mask.withUnsafeBufferPointer { mask in
            // Forced: the golden's mask is not empty.
            let valid = { (list: Int) in mask.baseAddress! + list * length }
            counted =
                (0..<shape[0]).filter {
                    ListwiseLoss.counts(labels.start + $0 * length, mask: valid($0), count: length)
                }.count
            for list in 0..<shape[0] {
                let value = loss(
                    scores: scores.start + list * length, labels: labels.start + list * length,
                    mask: valid(list),
                    count: length, weight: 1 / Float(counted), gradient: gradient.start + list * length)
                perList.append(value ?? 0)
                total += Double(value ?? 0) / Double(counted)
            }
        }
        var worst = WorstError()
        worst.add("out.loss", [Float(total)], golden["out.loss"])
        worst.add("out.per_list", perList, golden["out.per_list"])
        worst.add("grad.in.scores", gradient.array, golden["grad.in.scores"])
        print("listwise-ce \(kernels.name): \(worst)")
        #expect(worst.value < 1e-5)
    }
}

private func fill(_ buffer: FloatBuffer, _ layout: ParameterLayout, _ golden: GoldenTensors, _ prefix: String)
{
    for entry in layout.entries {
        for (index, value) in golden[prefix + entry.name].enumerated() {
            buffer.start[entry.offset + index] = value
        }
    }
}
