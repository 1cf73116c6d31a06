import ArgumentParser

/// The group of commands that make models.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train models, reproducibly from a seed.",
        subcommands: [
            TrainAccess.self, TrainSequence.self, TrainPaths.self, TrainPlanted.self, TrainPlantedPaths.self, TrainGate.self,
            TrainTask.self,
        ])
}
