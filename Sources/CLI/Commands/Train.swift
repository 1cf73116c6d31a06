import ArgumentParser

/// The group of commands that make weights.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the models' weights on this machine.", subcommands: [TrainPaths.self])
}
