import GoldenTensors
import StateSpace
import Testing
import Training

/// `train5`: a whole training run, and what it is made of, on each dispatch level.
@Suite struct TrainGoldenTests {
    @Test(arguments: KernelTable.levels + [.plain]) func fiveStepsTrainAsRecorded(_ kernels: KernelTable)
        throws
    {
        let golden = try GoldenTensors("train5")
        let run = TrainingRun(golden, kernels: kernels)
        var losses: [Float] = []
        var norms: [Float] = []
        var start = WorstError()
        var gradients = WorstError()
        for step in 0..<golden["loss_per_step"].count {
            let (logits, loss) = run.pass()
            losses.append(loss)
            if step == 0 {
                start.add("step0.logits", logits, golden["step0.logits"])
                for entry in run.network.place.layout.entries {
                    gradients.add(entry.name, run.gradients[entry], golden["step0.grad." + entry.name])
                }
            }
            norms.append(run.update())
        }
        start.add("grad_norm_per_step", norms, golden["grad_norm_per_step"])
        start.add("final.logits", run.pass().logits, golden["final.logits"])
        var parameters = 0.0
        for entry in run.network.place.layout.entries {
            parameters = max(parameters, largestDifference(run.values[entry], golden["final." + entry.name]))
        }
        let loss = largestDifference(losses, golden["loss_per_step"])
        print(
            "train5 \(kernels.name): losses \(loss) abs, parameters \(parameters) abs, outputs \(start), gradients \(gradients)"
        )
        #expect(loss < 1e-5)
        #expect(parameters < 5e-5)
        #expect(start.value < 2e-5)
        #expect(gradients.value < 1e-4)
    }
}

func largestDifference(_ values: [Float], _ reference: [Float]) -> Double {
    guard values.count == reference.count, !values.isEmpty else { return .infinity }
    return zip(values, reference).map { abs(Double($0) - Double($1)) }.max() ?? .infinity
}

/// Full-batch steps over the golden's lists.
private struct TrainingRun {
    let golden: GoldenTensors
    let network: MambaNetwork
    let values, gradients: FloatBuffer
    let optimizer: AdamW
    let loss: ListwiseLoss

    init(_ golden: GoldenTensors, kernels: KernelTable) {
        self.golden = golden
        let mixer = "init.backbone.layers.0.mixer."
        let shape = NetworkShape(
            inputs: golden.shape("in.x")[2],
            mixer: MixerShape(
                width: golden.shape("init.norm_f.weight")[0], inner: golden.shape(mixer + "A_log")[0],
                state: golden.shape(mixer + "A_log")[1], taps: golden.shape(mixer + "conv1d.weight")[2],
                stepRank: golden.shape(mixer + "dt_proj.weight")[1]),
            layers: 2)
        network = MambaNetwork(shape, kernels: kernels, trains: true)
        values = FloatBuffer(network.place.layout.count)
        for entry in network.place.layout.entries {
            for (index, value) in golden["init." + entry.name].enumerated() {
                values.start[entry.offset + index] = value
            }
        }
        gradients = FloatBuffer(values.count)
        optimizer = AdamW(network.place.layout, kernels: kernels)
        loss = ListwiseLoss(kernels: kernels)
        network.load(values.start)
    }

    /// Forward and backward of all lists; mean loss.
    func pass() -> (logits: [Float], loss: Float) {
        let shape = golden.shape("in.x")
        let (lists, length, width) = (shape[0], shape[1], shape[2])
        let tape = NetworkTape(network, capacity: length)
        let scores = FloatBuffer(length)
        let dScores = FloatBuffer(length)
        let x = FloatBuffer(golden["in.x"])
        let labels = FloatBuffer(golden["in.labels"])
        let mask = golden["in.mask"].map { UInt8($0) }
        gradients.clear()
        var logits: [Float] = []
        var total = 0.0
        mask.withUnsafeBufferPointer { mask in
            let counted = (0..<lists).filter {
                ListwiseLoss.counts(
                    labels.start + $0 * length, mask: mask.baseAddress! + $0 * length, count: length)
                // Forced: the golden's mask is not empty.
            }.count
            for list in 0..<lists {
                network.forward(x.start + list * length * width, rows: length, tape: tape, to: scores.start)
                logits += scores.array
                let value = loss(
                    scores: scores.start, labels: labels.start + list * length,
                    mask: mask.baseAddress! + list * length,
                    // Forced: as above.
                    count: length, weight: 1 / Float(counted), gradient: dScores.start)
                total += Double(value ?? 0) / Double(counted)
                network.backward(dScores.start, tape: tape, gradients: gradients.start)
            }
        }
        return (logits, Float(total))
    }

    /// Returns the norm before clipping.
    func update() -> Float {
        let norm = optimizer.update(values.start, gradients: gradients.start, learningRate: 1e-3)
        network.load(values.start)
        return Float(norm)
    }
}
