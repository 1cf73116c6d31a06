import Engine
import Foundation
import StateSpace
import Testing

extension EveryLevel {
    /// Independent reference code in float64 is the judge (Tests/Golden/README.md).
    @Suite struct Goldens {
        @Test func everyFileIsWithinItsLimitsOnEveryLevel() throws {
            let table = try GoldenEvaluation(folder: Golden.folder.path).run()
            expectWithin(table)
            #expect(table.rows.count == 23 * DispatchLevel.all.count)
        }

        /// What the levels are held against must itself be right.
        @Test func everyFileIsWithinItsLimitsOverThePlainLoops() throws {
            var evaluation = GoldenEvaluation(folder: Golden.folder.path)
            evaluation.arithmetics = [.plainLoops]
            let table = try evaluation.run()
            expectWithin(table)
            #expect(table.rows.count == 23)
        }

        @Test func theLevelInUseBeforeIsInUseAfter() throws {
            let before = DispatchLevel.current
            _ = try GoldenEvaluation(folder: Golden.folder.path).run()
            #expect(DispatchLevel.current == before)
        }

        private func expectWithin(_ table: GoldenEvaluation.Table) {
            #expect(table.notRun.isEmpty)
            for row in table.rows {
                let worst = [row.outputs, row.gradients].compactMap { $0 }
                #expect(row.isWithin, "\(row.file) on \(row.level): \(worst) \(row.failure ?? "")")
                #expect(!worst.isEmpty, "\(row.file): nothing was compared")
            }
        }

        @Test func aLevelAndItsTableOfKernelsHaveOneName() {
            for level in DispatchLevel.all { #expect(level.kernels.name == level.name) }
        }
    }
}

/// What a file says beyond what we compute is named, and never a crash.
@Suite struct GoldenRefusalTests {
    @Test func aChangedOutputIsBeyondItsLimit() throws {
        let row = try judged("public-mamba1-scan") { file in
            var y = try file.floats("out.y")
            y[3] += 0.01
            return ["out.y": y]
        }
        #expect(!row.isWithin && row.outputs?.tensor == "out.y" && (row.outputs?.error ?? 0) > 1e-4)
    }

    @Test func aNumberThatIsNoneIsBeyondEveryLimit() throws {
        let row = try judged("public-mamba1-scan") { file in
            ["grad.in.A": try file.floats("grad.in.A").map { _ in .nan }]
        }
        #expect(!row.isWithin && row.gradients?.error == .infinity)
    }

    @Test func anOptionThatNobodyReadsIsNamedWhereNumbersDiffer() throws {
        let row = try judged("public-mamba3-siso", config: ["use_magic": true]) { file in
            ["out.y": try file.floats("out.y").map { $0 * 2 }]
        }
        #expect(!row.isWithin && row.failure?.contains("use_magic") == true, "\(row.failure ?? "")")
    }

    @Test func aWordThatNobodyKnowsIsRefusedWithTheKnownOnes() throws {
        let row = try judged("public-s4d-full-zoh", config: ["disc": "euler"])
        #expect(
            row.failure?.contains("\"disc\" is \"euler\"; allowed: zoh, bilinear") == true,
            "\(row.failure ?? "")")
    }

    @Test func aSizeThatContradictsTheTensorsIsRefused() throws {
        let row = try judged("public-mamba1-block-a", config: ["d_state": 9])
        #expect(row.failure?.contains("\"d_state\" 9, its tensors say 8") == true, "\(row.failure ?? "")")
    }

    @Test func aWeightOfAnOptionThatWeHaveNotIsRefused() throws {
        let row = try judged("public-mamba1-block-a", adding: ["w.dt_layernorm.weight": [1, 1]])
        #expect(row.failure?.contains("w.dt_layernorm.weight") == true, "\(row.failure ?? "")")
    }

    @Test func aRecordedAnswerThatNobodyComputesIsNotPassedOver() throws {
        let row = try judged("public-ssd", adding: ["out.more": [1]])
        #expect(row.failure?.contains("recorded and not compared: out.more") == true, "\(row.failure ?? "")")
    }

    /// One size of a config at a time is 0, negative, odd or far too large.
    @Test(arguments: [
        "s4d-kernel", "s4d-full-zoh", "s4d-layer", "s4d-model-postnorm", "ssd", "train5", "adamw",
    ])
    func noSizeCrashes(_ name: String) throws {
        for size in [0, -1, 3, 65_535, 999_999] {
            for key in ["B", "L", "H", "N", "P", "F", "D", "layers", "d_input", "d_output", "steps"] {
                _ = try judged("public-" + name, config: [key: size])
            }
        }
    }

    /// Any tensor may be missing, or be another shape of the same numbers.
    @Test(arguments: [
        "adamw", "listwise-ce", "mamba1-block-short", "mamba1-scan", "mamba3-mimo", "mamba3-siso-norm",
        "primitives",
        "quant", "s4d-full-zoh", "s4d-kernel", "s4d-layer", "s4d-model-postnorm", "ssd", "train5",
    ])
    func noMissingOrFlattenedTensorCrashes(_ name: String) throws {
        let file = try SafetensorsFile(path: Golden.folder.path + "/public-\(name).safetensors")
        for tensor in file.names {
            _ = try judged("public-" + name, leavingOut: [tensor])
            _ = try judged("public-" + name, flattening: [tensor])
        }
    }

    /// A copy of a file with changes, put through the command's evaluation; one row, of the lowest level.
    private func judged(
        _ name: String, config: [String: Any] = [:], adding: [String: [Float]] = [:],
        leavingOut: Set<String> = [], flattening: Set<String> = [],
        _ change: (SafetensorsFile) throws -> [String: [Float]] = { _ in [:] }
    ) throws -> GoldenEvaluation.Row {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mneme-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try SafetensorsFile(path: Golden.folder.path + "/\(name).safetensors")
        var writer = SafetensorsWriter(metadata: file.metadata)
        var options =
            try JSONSerialization.jsonObject(with: Data((file.metadata["config"] ?? "{}").utf8))
            as? [String: Any]
            ?? [:]
        options.merge(config) { $1 }
        writer.metadata["config"] = String(
            decoding: try JSONSerialization.data(withJSONObject: options), as: UTF8.self)
        let changed = try change(file)
        for tensor in file.header.tensors where !leavingOut.contains(tensor.name) {
            let shape = flattening.contains(tensor.name) ? [tensor.count] : tensor.shape
            if let values = changed[tensor.name] {
                writer.add(tensor.name, values, shape: shape)
            } else {
                writer.add(tensor.name, tensor.kind, shape, file.withBytes(of: tensor) { Array($0) })
            }
        }
        for (name, values) in adding { writer.add(name, values, shape: [values.count]) }
        try writer.write(to: folder.appending(path: "\(name).safetensors").path)
        var evaluation = GoldenEvaluation(folder: folder.path)
        // Doesn't touch the process's level: other tests run beside this one.
        evaluation.arithmetics = [.plainLoops]
        let rows = try evaluation.run().rows
        return try #require(rows.first)
    }
}
