#if canImport(Glibc)
    import Glibc
#endif

/// The executable `mneme`; also installed as `signet-predictor` (`Program.isSidecarCall`).
@main
enum Main {
    static func main() {
        let program = Program(
            runtime: EngineRuntime(),
            console: StandardConsole(),
            environment: Environment.ofThisProcess())
        let arguments = CommandLine.arguments
        exit(program.run(name: arguments.first ?? "mneme", arguments: Array(arguments.dropFirst())))
    }
}
