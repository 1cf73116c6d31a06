import StateSpace

/// A run as one file: parameters, both moments, and where it stands. Batches, shuffles and dropout depend on the seed
/// and the step alone, so a resumed run goes on bit for bit.
extension Trainer {
    package func save<Source: BatchSource>(to path: String, _ source: Source) throws(SafetensorsError) {
        var writer = SafetensorsWriter(metadata: checkpointMetadata(source))
        task.layout.add(parameters.array, to: &writer, prefix: "parameters.")
        task.layout.add(optimizer.first.array, to: &writer, prefix: "first.")
        task.layout.add(optimizer.second.array, to: &writer, prefix: "second.")
        try writer.write(to: path)
    }

    /// Takes over a checkpoint; refused and untouched where its run was another one.
    package func resume<Source: BatchSource>(from path: String, _ source: Source) throws(SafetensorsError) {
        let file = try SafetensorsFile(path: path)
        for (key, own) in runIdentity(source) where file.metadata[key] != own {
            throw SafetensorsError(
                "a checkpoint of another run", at: "metadata \"\(key)\"", found: file.metadata[key] ?? "nothing",
                allowed: own)
        }
        let step = try file.step("step")
        let updates = try file.step("updates")
        let values = try task.layout.read(file, prefix: "parameters.")
        let first = try task.layout.read(file, prefix: "first.")
        let second = try task.layout.read(file, prefix: "second.")
        parameters.replace(values)
        optimizer.first.replace(first)
        optimizer.second.replace(second)
        optimizer.steps = updates
        self.step = step
    }

    /// What must be equal for the run to go on as if it had never stopped.
    private func runIdentity<Source: BatchSource>(_ source: Source) -> [String: String] {
        [
            "model": "mneme-checkpoint", "source": source.identity, "seed": String(options.seed),
            "shards": String(options.shards), "accumulation": String(options.accumulation),
        ]
    }

    private func checkpointMetadata<Source: BatchSource>(_ source: Source) -> [String: String] {
        let place = source.place(of: step * options.accumulation)
        return runIdentity(source).merging([
            "step": String(step), "updates": String(optimizer.steps), "epoch": String(place.epoch),
            "position": String(place.position),
        ]) { own, _ in own }
    }
}

extension SafetensorsFile {
    fileprivate func step(_ key: String) throws(SafetensorsError) -> Int {
        guard let value = metadata[key].flatMap(Int.init), (0...1 << 48).contains(value) else {
            throw SafetensorsError(
                "not a count", at: "metadata \"\(key)\"", found: metadata[key] ?? "nothing",
                allowed: "0 to \(1 << 48)")
        }
        return value
    }
}

extension FloatBuffer {
    fileprivate func replace(_ values: [Float]) {
        for (index, value) in values.enumerated() { start[index] = value }
    }
}
