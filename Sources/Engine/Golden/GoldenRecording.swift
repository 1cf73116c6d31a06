import Foundation
import StateSpace

/// Writes files of the golden kinds with our own answers: initial weights, inputs, outputs and gradients, for another
/// implementation to load and to judge (Benchmarks/torch_bridge.py).
package struct GoldenRecording {
    package var folder: String
    package var seed: UInt64 = 1

    package init(folder: String) { self.folder = folder }

    /// Returns the paths written; a file that is there is replaced.
    package func run() throws -> [String] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return try templates().map { name, template in
            let path = "\(folder)/\(name).safetensors"
            var writer = template
            for (tensor, values) in try answers(of: template, name: name) {
                writer.add(tensor.name, values, shape: tensor.shape)
            }
            try writer.write(to: path)
            return path
        }
    }

    private func templates() throws -> [(String, SafetensorsWriter)] {
        [
            ("mamba1-block", block()), ("mamba1-stack", stack()),
            ("mamba3-siso", mamba3(isMultiInput: false)),
            ("mamba3-mimo", mamba3(isMultiInput: true)), ("s4d-model-pre", paths(.pre)),
            ("s4d-model-post", paths(.post)),
        ]
    }

    /// Our code on the inputs of a template; a gradient has the shape of what it belongs to, out.y that of `loss.cot`.
    private func answers(
        of template: SafetensorsWriter, name: String
    ) throws -> [((name: String, shape: [Int]), [Float])] {
        let bytes = template.bytes()
        return try bytes.withUnsafeBytes { bytes in
            let file = GoldenFile(
                name: name, tensors: try SafetensorsFile(borrowing: bytes), isTemplate: true)
            guard let runner = GoldenRunner.named(file.kind) else { throw file.failure("no such kind") }
            _ = try runner.run(file, .best)
            return file.answers.sorted { $0.key < $1.key }.compactMap { key, values in
                let source = key == "out.y" ? "loss.cot" : String(key.dropFirst("grad.".count))
                guard key == "out.y" || key.hasPrefix("grad."), let tensor = file.tensors.tensor(source)
                else { return nil }
                return ((key, tensor.shape), values)
            }
        }
    }

    private func block() -> SafetensorsWriter {
        let shape = MixerShape(width: 20, state: 7, taps: 3, stepRank: 3, projectionBias: true)
        var layout = ParameterLayout()
        let place = MixerParameters(shape, prefix: "", in: &layout)
        return writer("mamba1-block", layout, batch: 2, length: 9, width: 20) { values, random in
            place.initialize(values, shape: shape, layers: 1, using: &random)
        }
    }

    private func stack() -> SafetensorsWriter {
        let shape = MixerShape(width: 64)
        var layout = ParameterLayout()
        let place = MambaParameters(shape, layers: 4, in: &layout)
        return writer(
            "mamba1-stack", layout, config: #"{"d_model": 64, "n_layers": 4}"#, batch: 2, length: 16,
            width: 64
        ) { values, random in place.initialize(values, shape: shape, using: &random) }
    }

    private func mamba3(isMultiInput: Bool) -> SafetensorsWriter {
        let shape = Mamba3Shape(
            width: 24, state: 8, headWidth: 12, rank: isMultiInput ? 2 : 1, isMultiInput: isMultiInput)
        var layout = ParameterLayout()
        let place = Mamba3Parameters(shape, prefix: "", in: &layout)
        return writer(
            "mamba3-block", layout, config: #"{"rope_fraction": 0.5}"#, batch: 2, length: 9, width: 24
        ) { values, random in place.initialize(values, shape: shape, layers: 1, using: &random) }
    }

    private func paths(_ norm: S4DConfiguration.Norm) -> SafetensorsWriter {
        var configuration = S4DConfiguration(inputs: 24, outputs: 2, channels: 32, stateSize: 16, layers: 2)
        configuration.norm = norm
        let parameters = S4DParameters(configuration)
        let config =
            #"{"d_input": 24, "d_output": 2, "H": 32, "N": 16, "layers": 2, "B": 3, "L": 6, "prenorm": \#(norm == .pre)}"#
        return writer(
            "s4d-model", parameters.layout, config: config, batch: 3, length: 6, width: 24, outputs: [3, 2]
        ) {
            values, random in
            for (index, value) in parameters.initialValues(configuration, seed: random.next()).enumerated() {
                values[index] = value
            }
        }
    }

    /// Weights, an input and a cotangent; `outputs` is the shape of the main output where it isn't the input's.
    private func writer(
        _ kind: String, _ layout: ParameterLayout, config: String = "{}", batch: Int, length: Int, width: Int,
        outputs: [Int]? = nil, _ initialize: (MutableFloats, inout StateSpace.SplitMix64) -> Void
    ) -> SafetensorsWriter {
        var random = StateSpace.SplitMix64(seed: seed)
        let values = FloatBuffer(layout.count)
        initialize(values.start, &random)
        var writer = SafetensorsWriter(metadata: ["kind": kind, "config": config, "reference": "mneme"])
        layout.add(values.array, to: &writer, prefix: "w.")
        let input = [batch, length, width]
        for (name, shape) in [("in.x", input), ("loss.cot", outputs ?? input)] {
            writer.add(name, (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) }, shape: shape)
        }
        return writer
    }
}
