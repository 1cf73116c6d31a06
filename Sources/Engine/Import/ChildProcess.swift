import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program started by an import (gzip, git, an embedder), owned: killed and reaped when released.
///
/// Used by one thread at a time. Foundation's `Process` needs a run loop to wait and can't share a file's
/// position with the child, so this calls posix_spawn itself.
final class ChildProcess {
    enum Input {
        case nothing
        /// The child reads this open file; the caller still owns the descriptor.
        case file(Int32)
        /// The child reads what is written to `standardInput`.
        case pipe
    }

    /// Write end of the child's input, −1 if there is none or it has been closed.
    private(set) var standardInput: Int32 = -1
    /// Read end of the child's output; closed in deinit.
    let standardOutput: Int32
    private let errorFile: Int32
    private let pid: pid_t
    private var status: Int32?
    let name: String
    /// From opening a pipe until it is marked close-on-exec no other child may be started: it would hold
    /// the pipe open, and whoever waits for its end would wait for that child too.
    private static let starting = Mutex(())

    /// Starts `argv[0]`, found on PATH, with no shell in between.
    /// - Parameter environment: changes to this process's own; nil removes a variable.
    init(_ argv: [String], input: Input = .nothing, environment: [String: String?] = [:]) throws(ImportError)
    {
        guard let program = argv.first, !program.isEmpty else {
            throw ImportError(
                .commandNotFound, place: "command", "it is empty", advice: "Name a program and its arguments")
        }
        name = program
        let started = Self.starting.withLock { _ in
            Result { () throws(ImportError) in try Self.start(argv, input: input, environment: environment) }
        }
        (pid, standardInput, standardOutput, errorFile) = try started.get()
    }

    private static func start(
        _ argv: [String], input: Input, environment: [String: String?]
    ) throws(ImportError) -> (pid: pid_t, input: Int32, output: Int32, errors: Int32) {
        var output: [Int32] = [-1, -1]
        var inputPipe: [Int32] = [-1, -1]
        var opened: [Int32] = []
        func failed(_ what: String, _ code: Int32) -> ImportError {
            for descriptor in opened { close(descriptor) }
            return ImportError(
                code == ENOENT ? .commandNotFound : .commandFailed, place: argv[0],
                "\(what): \(String(cString: strerror(code)))",
                advice: code == ENOENT ? "Install it, or write its full path" : "Try the command by hand")
        }
        guard closeOnExecPipe(&output) else { throw failed("no pipe", errno) }
        opened += output
        if case .pipe = input {
            guard closeOnExecPipe(&inputPipe) else { throw failed("no pipe", errno) }
            opened += inputPipe
        }
        // A file, not a pipe: however much the child complains, nobody has to drain it meanwhile.
        let errorFile = unlinkedTemporaryFile()
        if errorFile >= 0 { opened.append(errorFile) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        switch input {
        case .nothing: posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        case .file(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, 0)
        case .pipe: posix_spawn_file_actions_adddup2(&actions, inputPipe[0], 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        if errorFile >= 0 {
            posix_spawn_file_actions_adddup2(&actions, errorFile, 2)
        } else {
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }

        // A group of its own, so that a time-out also ends what the child started; default signals, so that
        // a pipe closed by us ends it even where this process ignores SIGPIPE.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var variables = ProcessInfo.processInfo.environment
        for (variable, value) in environment { variables[variable] = value }
        var arguments = argv.map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for pointer in arguments + settings { free(pointer) }
        }
        var started: pid_t = 0
        let code = posix_spawnp(&started, argv[0], &actions, &attributes, &arguments, &settings)
        guard code == 0 else { throw failed("it couldn't be started", code) }
        close(output[1])
        if inputPipe[0] >= 0 { close(inputPipe[0]) }
        return (started, inputPipe[1], output[0], errorFile)
    }

    deinit {
        closeInput()
        close(standardOutput)
        if status == nil {
            kill(-pid, SIGKILL)
            reap()
        }
        if errorFile >= 0 { close(errorFile) }
    }

    /// The child's input ends here.
    func closeInput() {
        if standardInput >= 0 { close(standardInput) }
        standardInput = -1
    }

    /// Waits for the end; 0–255 as exited, 128 + signal if killed.
    func wait() -> Int32 {
        if status == nil { reap() }
        return status ?? -1
    }

    /// Ends the child and everything in its group at once.
    func terminate() {
        guard status == nil else { return }
        kill(-pid, SIGKILL)
        reap()
    }

    /// The last 2,000 bytes that the child wrote to its standard error, trimmed.
    var complaint: String {
        guard errorFile >= 0 else { return "" }
        let size = lseek(errorFile, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: 2000)
        let count = pread(errorFile, &bytes, bytes.count, max(0, size - 2000))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs a command to its end and returns its output; for short outputs only.
    static func output(
        of argv: [String], environment: [String: String?] = [:]
    ) throws(ImportError) -> (status: Int32, text: String, complaint: String) {
        let child = try ChildProcess(argv, environment: environment)
        var collected: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(child.standardOutput, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            collected.append(contentsOf: chunk.prefix(count))
        }
        let status = child.wait()
        return (status, String(decoding: collected, as: UTF8.self), child.complaint)
    }

    private func reap() {
        var raw: Int32 = 0
        while waitpid(pid, &raw, 0) < 0 {
            guard errno == EINTR else {
                status = -1
                return
            }
        }
        status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
    }

    private static func closeOnExecPipe(_ ends: inout [Int32]) -> Bool {
        guard pipe(&ends) == 0 else { return false }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return true
    }

    private static func unlinkedTemporaryFile() -> Int32 {
        var template = Array((NSTemporaryDirectory() + "mneme-child-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        if descriptor >= 0 {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            unlink(&template)
        }
        return descriptor
    }
}
