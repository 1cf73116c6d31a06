import Foundation
import StateSpace

/// Parity with recorded tensors: every file of a folder, on every dispatch level of this processor.
package struct GoldenEvaluation {
    package struct Row: Sendable {
        package var file: String
        package var kind: String
        /// For example "x86-64-v4".
        package var level: String
        package var outputs: GoldenTally.Comparison?
        package var gradients: GoldenTally.Comparison?
        package var outputLimit: Double
        package var gradientLimit: Double

        package init(
            file: String, kind: String, level: String, outputs: GoldenTally.Comparison?,
            gradients: GoldenTally.Comparison?, outputLimit: Double, gradientLimit: Double
        ) {
            self.file = file
            self.kind = kind
            self.level = level
            self.outputs = outputs
            self.gradients = gradients
            self.outputLimit = outputLimit
            self.gradientLimit = gradientLimit
        }

        package var isWithin: Bool {
            (outputs?.error ?? 0) <= outputLimit && (gradients?.error ?? 0) <= gradientLimit
        }
    }

    package struct Table: Sendable {
        /// By file, then by level, the highest first.
        package var rows: [Row] = []
        /// Files whose kind nobody runs, with the kind.
        package var notRun: [(file: String, kind: String)] = []

        package init() {}

        package var isWithin: Bool { rows.allSatisfy(\.isWithin) }
    }

    package var folder: String

    package init(folder: String) { self.folder = folder }

    /// Switches the whole process between levels; the one in use before is in use after.
    package func run() throws -> Table {
        var table = Table()
        let before = DispatchLevel.current
        defer { before.use() }
        for path in try paths() {
            let file = try open(path)
            guard let runner = GoldenRunner.named(file.kind) else {
                table.notRun.append((file.name, file.kind))
                continue
            }
            for level in DispatchLevel.all {
                table.rows.append(try row(file, runner, level: level))
            }
        }
        return table
    }

    private func paths() throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".safetensors")
        }
        guard !names.isEmpty else { throw EngineError(.invalidInput, "no .safetensors files in \(folder)") }
        return names.sorted().map { folder + "/" + $0 }
    }

    private func open(_ path: String) throws -> GoldenFile {
        do { return try GoldenFile(path: path) } catch let error as SafetensorsError {
            throw EngineError(.invalidInput, "\(path): \(error)")
        }
    }

    private func row(_ file: GoldenFile, _ runner: GoldenRunner, level: DispatchLevel) throws -> Row {
        level.use()
        do {
            let tally = try runner.run(file)
            return Row(
                file: file.name, kind: file.kind, level: level.name,
                outputs: tally.worst(gradients: false), gradients: tally.worst(gradients: true),
                outputLimit: runner.outputLimit, gradientLimit: runner.gradientLimit)
        } catch let error as SafetensorsError {
            throw EngineError(.invalidInput, "\(file.name): \(error)")
        }
    }
}
