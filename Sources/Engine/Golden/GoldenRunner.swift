/// Runs our code on the files of one kind. To add a kind: one file with its run, one line in `all`.
struct GoldenRunner: Sendable {
    /// The file's metadata say which.
    let kind: String
    /// Limits of golden/README.md.
    var outputLimit = 1e-5
    var gradientLimit = 1e-4
    let run: @Sendable (GoldenFile) throws -> GoldenTally

    static let all = [
        GoldenRunner(kind: "s4d-inits", run: goldenS4DInits),
        GoldenRunner(kind: "s4d-kernel", run: goldenS4DKernel),
        GoldenRunner(kind: "s4d-full-kernel", run: goldenS4DFullKernel),
        GoldenRunner(kind: "s4d-layer", run: goldenS4DLayer),
        GoldenRunner(kind: "s4d-model", run: goldenS4DModel),
        GoldenRunner(kind: "ssd", run: goldenDuality),
    ]

    static func named(_ kind: String) -> GoldenRunner? { all.first { $0.kind == kind } }
}
