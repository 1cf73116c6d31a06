import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The three standard streams.
protocol Console: Sendable {
    func write(_ text: String)
    func writeError(_ text: String)
    /// Everything until end of file.
    func readStandardInput() -> Data
    var outputTerminal: Terminal { get }
    var errorTerminal: Terminal { get }
}

/// What one stream is connected to.
struct Terminal: Sendable {
    var isTerminal: Bool
    /// nil = no terminal, or it doesn't say.
    var columns: Int?

    static let none = Terminal(isTerminal: false, columns: nil)

    /// $COLUMNS, else the terminal's, else 100; never so narrow that columns vanish, never so wide that a line
    /// can't be read.
    func width(environment: Environment) -> Int {
        let stated = environment.value("COLUMNS").flatMap { Int($0) }
        return min(160, max(40, stated ?? columns ?? 100))
    }
}

/// The process's own streams.
struct StandardConsole: Console {
    /// A reader that went away ends the process by SIGPIPE, as usual; what else fails (a full disk) ends it here,
    /// because no caller could go on: the output has a hole.
    func write(_ text: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            let failure = CommandFailure(
                .outputFailed, "can't write", place: "standard output", found: error.localizedDescription,
                remedy: "check the space where the output goes")
            writeError(failure.text(.plain) + "\n")
            exit(failure.status.rawValue)
        }
    }

    /// Nobody is left to tell that standard error can't be written.
    func writeError(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
    func readStandardInput() -> Data { FileHandle.standardInput.readDataToEndOfFile() }
    var outputTerminal: Terminal { Self.terminal(STDOUT_FILENO) }
    var errorTerminal: Terminal { Self.terminal(STDERR_FILENO) }

    private static func terminal(_ descriptor: Int32) -> Terminal {
        guard isatty(descriptor) == 1 else { return .none }
        var size = winsize()
        let answered = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return Terminal(isTerminal: true, columns: answered ? Int(size.ws_col) : nil)
    }
}
