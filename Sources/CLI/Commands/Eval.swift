import ArgumentParser

/// The group of commands that measure quality.
struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how well memories are ranked, and how exactly the models compute.",
        subcommands: [
            EvalData.self, EvalRetrieval.self, EvalAccess.self, EvalSequence.self, EvalPaths.self, EvalPlanted.self,
            EvalPlantedPaths.self, EvalGate.self, EvalGolden.self, EvalEquivalence.self,
        ])
}
