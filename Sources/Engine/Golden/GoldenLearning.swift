import StateSpace
import Training

// Loss, optimiser, and both around a network: a training run.

func goldenListwise(_ file: GoldenFile, _ kernels: KernelTable) throws -> GoldenTally {
    let sizes = try file.shape("in.scores", rank: 2)
    let lists = try GoldenLists(file, lists: sizes[0], length: sizes[1])
    let scores = FloatBuffer(try file.floats("in.scores"))
    let gradient = FloatBuffer(scores.count)
    var results = GoldenResults()
    var total = 0.0
    for list in 0..<sizes[0] {
        let at = list * sizes[1]
        let value = lists.loss(list, scores.start + at, kernels, gradient.start + at)
        results.append("out.per_list", [value])
        total += Double(value) / Double(max(lists.counted, 1))
    }
    results.append("out.loss", [Float(total)])
    results.append("grad.in.scores", gradient.array)
    var tally = GoldenTally()
    try tally.compare(results, of: file)
    return tally
}

/// Labels and mask of a file's lists.
private struct GoldenLists {
    let lists, length: Int
    let labels: FloatBuffer
    let mask: [UInt8]
    /// Lists with a relevant entry.
    let counted: Int

    init(_ file: GoldenFile, lists: Int, length: Int) throws {
        let labels = FloatBuffer(try file.floats("in.labels", shape: [lists, length]))
        let mask =
            file.has("in.mask")
            ? try file.bytes("in.mask", count: labels.count) : [UInt8](repeating: 1, count: labels.count)
        counted = mask.withUnsafeBufferPointer { mask in
            (0..<lists).filter { list in
                ListwiseLoss.counts(
                    labels.start + list * length, mask: mask.baseAddress.map { $0 + list * length },
                    count: length)
            }.count
        }
        (self.lists, self.length, self.labels, self.mask) = (lists, length, labels, mask)
    }

    /// 0 for a list that doesn't count. The gradient is that of the mean.
    func loss(_ list: Int, _ scores: Floats, _ kernels: KernelTable, _ gradient: MutableFloats) -> Float {
        mask.withUnsafeBufferPointer { mask in
            ListwiseLoss(kernels: kernels)(
                scores: scores, labels: labels.start + list * length,
                mask: mask.baseAddress.map { $0 + list * length },
                count: length, weight: 1 / Float(max(counted, 1)), gradient: gradient) ?? 0
        }
    }
}

/// Two groups of parameters, decayed and not, under global clipping.
func goldenAdamW(_ file: GoldenFile, _ kernels: KernelTable) throws -> GoldenTally {
    var rule = AdamW.Rule()
    let betas = try file.numbers("betas", default: [0.9, 0.999])
    (rule.beta1, rule.beta2) = (betas[0], betas[1])
    rule.epsilon = try file.number("eps", default: 1e-8)
    rule.weightDecay = try file.number("weight_decay")
    rule.clip = file.hasOption("clip_global_norm") ? try file.number("clip_global_norm") : nil
    let rate = try file.number("lr")
    var layout = ParameterLayout()
    for (key, decays) in [("decayed", true), ("not_decayed", false)] {
        for name in try file.names(key) {
            guard let tensor = file.tensors.tensor("init." + name) else {
                throw file.failure("init.\(name) is missing")
            }
            layout.add(name, tensor.shape, decays: decays)
        }
    }
    let values = try file.parameters(layout, prefix: "init.")
    let optimizer = AdamW(layout, rule: rule, kernels: kernels)
    var results = GoldenResults()
    for step in 0..<(try file.integer("steps")) {
        let gradients = try file.parameters(layout, prefix: "step\(step).grad.")
        let norm = optimizer.update(values.start, gradients: gradients.start, learningRate: rate)
        results.append("step\(step).grad_norm", [Float(norm)])
        for entry in layout.entries { results.append("step\(step)." + entry.name, values[entry]) }
    }
    for entry in layout.entries {
        results.append("final.m." + entry.name, optimizer.first[entry])
        results.append("final.v." + entry.name, optimizer.second[entry])
    }
    var tally = GoldenTally()
    try tally.compare(results, of: file)
    return tally
}

/// A whole run: full-batch steps over the file's lists.
func goldenTraining(_ file: GoldenFile, _ kernels: KernelTable) throws -> GoldenTally {
    let run = try GoldenTrainingRun(file, kernels)
    let layout = run.network.place.layout
    // Logits are those of a stack.
    var tally = GoldenTally(outputLimit: 2e-5)
    var losses: [Float] = []
    var norms: [Float] = []
    for step in 0..<run.steps {
        let (logits, loss) = try run.pass()
        losses.append(loss)
        if step == 0 {
            try tally.compare("step0.logits", of: file, with: logits)
            for entry in layout.entries {
                try tally.compare("step0.grad." + entry.name, of: file, with: run.gradients[entry])
            }
        }
        norms.append(run.update())
    }
    try tally.compare("loss_per_step", of: file, with: losses, .absolute, limit: 1e-5)
    try tally.compare("grad_norm_per_step", of: file, with: norms, limit: tally.gradientLimit)
    for entry in layout.entries {
        try tally.compare("final." + entry.name, of: file, with: run.values[entry], .absolute, limit: 5e-5)
    }
    try tally.compare("final.logits", of: file, with: try run.pass().logits)
    return tally
}

private struct GoldenTrainingRun {
    let file: GoldenFile
    let sizes: [Int]
    let steps: Int
    let network: MambaNetwork
    let lists: GoldenLists
    let values, gradients: FloatBuffer
    let optimizer: AdamW
    let learningRate: Double

    init(_ file: GoldenFile, _ kernels: KernelTable) throws {
        let sizes = try file.shape("in.x", rank: 3)
        let layers = file.count(of: { "init.backbone.layers.\($0).norm.weight" })
        let shape = NetworkShape(
            inputs: sizes[2], mixer: try file.mixerShape("init.backbone.layers.0.mixer."), layers: layers)
        try file.agree(["F": sizes[2], "B": sizes[0], "L": sizes[1], "layers": layers])
        network = MambaNetwork(shape, kernels: kernels, trains: true)
        try file.refuseWeights(beyond: network.place.layout.entries.map(\.name), prefix: "init.")
        values = try file.parameters(network.place.layout, prefix: "init.")
        gradients = FloatBuffer(values.count)
        lists = try GoldenLists(file, lists: sizes[0], length: sizes[1])
        let settings = try GoldenTrainingSettings(file)
        optimizer = AdamW(network.place.layout, rule: settings.rule, kernels: kernels)
        (steps, learningRate) = (settings.steps, settings.learningRate)
        (self.file, self.sizes) = (file, sizes)
        network.load(values.start)
    }

    /// Forward and backward of all lists; mean loss.
    func pass() throws -> (logits: [Float], loss: Float) {
        let (length, width) = (sizes[1], sizes[2])
        let mixer = network.shape.mixer
        let tape = try NetworkTape(
            network, capacity: file.bounded(length, network.shape.layers * mixer.state * mixer.inner))
        let scores = FloatBuffer(length)
        let slopes = FloatBuffer(length)
        let x = FloatBuffer(try file.floats("in.x"))
        gradients.clear()
        var logits: [Float] = []
        var total = 0.0
        for list in 0..<sizes[0] {
            network.forward(x.start + list * length * width, rows: length, tape: tape, to: scores.start)
            logits += scores.array
            let loss = lists.loss(list, scores.start, network.kernels, slopes.start)
            total += Double(loss) / Double(max(lists.counted, 1))
            network.backward(slopes.start, tape: tape, gradients: gradients.start)
        }
        return (logits, Float(total))
    }

    /// Returns the norm before clipping.
    func update() -> Float {
        let norm = optimizer.update(values.start, gradients: gradients.start, learningRate: learningRate)
        network.load(values.start)
        return Float(norm)
    }
}

/// `hp` of a training run's config.
private struct GoldenTrainingSettings {
    var rule = AdamW.Rule()
    let learningRate: Double
    let steps: Int

    init(_ file: GoldenFile) throws {
        var settings = try file.object("hp")
        func take(_ key: String) -> Any? { settings.removeValue(forKey: key) }
        guard let rate = take("lr") as? Double, let decay = take("weight_decay") as? Double,
            let steps = take("steps") as? Int, (1..<10_000).contains(steps)
        else { throw file.failure("its \"hp\" has no usable lr, weight_decay and steps") }
        rule.weightDecay = decay
        // Absent or null: no clipping.
        rule.clip = take("clip") as? Double
        if let betas = take("betas") as? [Double], betas.count == 2 {
            (rule.beta1, rule.beta2) = (betas[0], betas[1])
        }
        if let epsilon = take("eps") as? Double { rule.epsilon = epsilon }
        if let stranger = settings.keys.sorted().first {
            throw file.failure("its \"hp\" has an option that this run hasn't: \"\(stranger)\"")
        }
        let exempt = "names ending in bias or .D, containing A_log or norm"
        guard try file.text("no_decay", default: exempt) == exempt else {
            throw file.failure("\"no_decay\" is «\(try file.text("no_decay"))»; allowed: \(exempt)")
        }
        (learningRate, self.steps) = (rate, steps)
    }
}
