import ArgumentParser

/// The group of commands that make weights.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train models on this machine's CPU.", subcommands: [TrainPaths.self, TrainTask.self])
}
