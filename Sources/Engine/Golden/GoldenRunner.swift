import StateSpace

/// Runs our code on the files of one kind. To add a kind: one file with its run, one line in `all`.
struct GoldenRunner: Sendable {
    /// The file's metadata say which.
    let kind: String
    /// S4D and SSD take the process's dispatch level, the others the table of kernels.
    let run: @Sendable (GoldenFile, KernelTable) throws -> GoldenTally

    static let all = [
        GoldenRunner(kind: "mamba1-block", run: goldenMambaBlock),
        GoldenRunner(kind: "mamba1-stack", run: goldenMambaStack),
        GoldenRunner(kind: "mamba1-scan", run: goldenSelectiveScan),
        GoldenRunner(kind: "mamba3-block", run: goldenMamba3),
        GoldenRunner(kind: "s4d-inits") { file, _ in try goldenS4DInits(file) },
        GoldenRunner(kind: "s4d-kernel") { file, _ in try goldenS4DKernel(file) },
        GoldenRunner(kind: "s4d-full-kernel") { file, _ in try goldenS4DFullKernel(file) },
        GoldenRunner(kind: "s4d-layer") { file, _ in try goldenS4DLayer(file) },
        GoldenRunner(kind: "s4d-model") { file, _ in try goldenS4DModel(file) },
        GoldenRunner(kind: "ssd") { file, _ in try goldenDuality(file) },
        GoldenRunner(kind: "listwise-ce", run: goldenListwise),
        GoldenRunner(kind: "adamw", run: goldenAdamW),
        GoldenRunner(kind: "train", run: goldenTraining),
        GoldenRunner(kind: "quant") { file, _ in try goldenQuantization(file) },
        GoldenRunner(kind: "primitives", run: goldenPrimitives),
    ]

    static func named(_ kind: String) -> GoldenRunner? { all.first { $0.kind == kind } }
}
