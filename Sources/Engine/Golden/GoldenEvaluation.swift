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
        /// Why the file couldn't be run or compared as a whole.
        package var failure: String?

        package init(
            file: String, kind: String, level: String, outputs: GoldenTally.Comparison? = nil,
            gradients: GoldenTally.Comparison? = nil, failure: String? = nil
        ) {
            self.file = file
            self.kind = kind
            self.level = level
            self.outputs = outputs
            self.gradients = gradients
            self.failure = failure
        }

        package var isWithin: Bool {
            failure == nil && [outputs, gradients].allSatisfy { $0?.isWithin ?? true }
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

    /// The arithmetic of a run: a level of this processor, or the plain loops in double that the levels are held against.
    package enum Arithmetic: Sendable {
        case level(DispatchLevel)
        case plainLoops

        package static var levels: [Arithmetic] { DispatchLevel.all.map(Arithmetic.level) }

        package var name: String {
            switch self {
            case .level(let level): level.name
            case .plainLoops: "plain"
            }
        }

        var kernels: KernelTable {
            switch self {
            case .level(let level): level.kernels
            case .plainLoops: .plain
            }
        }
    }

    package var folder: String
    package var arithmetics = Arithmetic.levels

    package init(folder: String) { self.folder = folder }

    /// Switches the whole process between levels; the one in use before is in use after.
    package func run() throws -> Table {
        var table = Table()
        let before = DispatchLevel.current
        defer { before.use() }
        for path in try paths() {
            let file: GoldenFile
            do { file = try GoldenFile(path: path) } catch {
                table.rows.append(Row(file: path, kind: "", level: "-", failure: "\(error)"))
                continue
            }
            guard let runner = GoldenRunner.named(file.kind) else {
                table.notRun.append((file.name, file.kind))
                continue
            }
            for arithmetic in arithmetics { table.rows.append(row(file, runner, arithmetic)) }
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

    private func row(_ file: GoldenFile, _ runner: GoldenRunner, _ arithmetic: Arithmetic) -> Row {
        if case .level(let level) = arithmetic { level.use() }
        var row = Row(file: file.name, kind: file.kind, level: arithmetic.name)
        do {
            let tally = try runner.run(file, arithmetic.kernels)
            row.outputs = tally.worst(gradients: false)
            row.gradients = tally.worst(gradients: true)
            if !file.unread.isEmpty {
                row.failure = "recorded and not compared: " + file.unread.joined(separator: ", ")
            }
        } catch { row.failure = (error as? EngineError)?.message ?? "\(error)" }
        // Options that nobody reads are no fault where the numbers agree, and the likely one where they don't.
        if !row.isWithin, !file.unreadOptions.isEmpty {
            let options = "options unknown here: " + file.unreadOptions.joined(separator: ", ")
            row.failure = [row.failure, options].compactMap(\.self).joined(separator: "; ")
        }
        return row
    }
}
