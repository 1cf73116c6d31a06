import Foundation
import Storage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An external program that turns texts into vectors: one JSON object per line on its standard input,
/// `{"id":0,"text":"…"}`, one per line on its standard output, `{"id":0,"vector":[…]}`, in any order.
///
/// The program stays for all batches and must flush after each answer; with `isOneShot` it is started for
/// each batch and may answer when its input ends. Blocks its caller; used by one thread at a time.
package final class EmbedderCommand {
    package struct Configuration: Sendable, Equatable {
        /// The model's name, under which the vectors are stored.
        package var model: String
        /// The program and its arguments; no shell.
        package var argv: [String]
        /// Components of every vector; nil = as many as the first vector has.
        package var dimension: Int?
        package var batchSize = 64
        /// For one batch, start of the program included.
        package var timeoutSeconds = 120.0
        /// Attempts after the first, each with a fresh program.
        package var retries = 3
        /// Pause before the first retry; doubled before each further one.
        package var backoffSeconds = 0.5
        package var isOneShot = false
        package var isHalfPrecision = true

        package init(model: String, argv: [String], dimension: Int? = nil) {
            self.model = model
            self.argv = argv
            self.dimension = dimension
        }
    }

    package let configuration: Configuration
    /// Components of every vector, once known.
    package private(set) var dimension: Int?
    private var child: ChildProcess?

    package init(_ configuration: Configuration) {
        self.configuration = configuration
        dimension = configuration.dimension
    }

    /// One embedding per text, in the order of the texts.
    ///
    /// A batch that fails is tried again after a pause, except where a new attempt can't help: a program that
    /// isn't there, vectors of the wrong dimension.
    package func embed(_ texts: [String]) throws(ImportError) -> [StoredEmbedding] {
        var embeddings: [StoredEmbedding] = []
        embeddings.reserveCapacity(texts.count)
        var start = 0
        while start < texts.count {
            let end = min(texts.count, start + max(1, configuration.batchSize))
            for vector in try retrying(Array(texts[start..<end])) {
                embeddings.append(
                    StoredEmbedding(
                        model: configuration.model, vector: vector,
                        isHalfPrecision: configuration.isHalfPrecision))
            }
            start = end
        }
        return embeddings
    }

    // MARK: One batch

    private func retrying(_ texts: [String]) throws(ImportError) -> [[Float]] {
        var attempt = 0
        while true {
            let failure: ImportError
            do throws(ImportError) {
                return try embedOnce(texts)
            } catch {
                failure = error
            }
            child?.terminate()
            child = nil
            guard failure.code == .commandFailed || failure.code == .commandTimedOut,
                attempt < configuration.retries
            else {
                let attempts = attempt == 0 ? "" : " (\(attempt + 1) attempts)"
                throw ImportError(
                    failure.code, place: failure.place, failure.message + attempts, advice: failure.advice)
            }
            usleep(UInt32(min(60, configuration.backoffSeconds * Double(1 << min(attempt, 20))) * 1_000_000))
            attempt += 1
        }
    }

    private func embedOnce(_ texts: [String]) throws(ImportError) -> [[Float]] {
        let child: ChildProcess
        if let running = self.child {
            child = running
        } else {
            child = try ChildProcess(configuration.argv, input: .pipe)
        }
        self.child = configuration.isOneShot ? nil : child
        var requests: [UInt8] = []
        for (id, text) in texts.enumerated() {
            requests.append(contentsOf: "{\"id\":\(id),\"text\":\(jsonQuoted(text))}\n".utf8)
        }
        var conversation = EmbedderConversation(
            child: child, place: configuration.argv.joined(separator: " "), requests: requests,
            count: texts.count, closesInput: configuration.isOneShot,
            deadline: .now + .milliseconds(Int64(configuration.timeoutSeconds * 1000)))
        let vectors = try conversation.run()
        for vector in vectors {
            if dimension == nil { dimension = vector.count }
            guard vector.count == dimension else {
                throw ImportError(
                    .badAnswer, place: conversation.place,
                    "found a vector of \(vector.count) components, allowed: \(dimension ?? 0)",
                    advice: "Set the dimension of model \(configuration.model) or use another model name")
            }
        }
        return vectors
    }
}

/// One batch on its way: writes and reads in turn, so that neither side can wait for the other for ever.
private struct EmbedderConversation {
    let child: ChildProcess
    let place: String
    let requests: [UInt8]
    let count: Int
    let closesInput: Bool
    let deadline: ContinuousClock.Instant

    private var sent = 0
    private var received: [UInt8] = []
    private var vectors: [[Float]?]
    private var missing: Int

    init(
        child: ChildProcess, place: String, requests: [UInt8], count: Int, closesInput: Bool,
        deadline: ContinuousClock.Instant
    ) {
        self.child = child
        self.place = place
        self.requests = requests
        self.count = count
        self.closesInput = closesInput
        self.deadline = deadline
        vectors = Array(repeating: nil, count: count)
        missing = count
    }

    mutating func run() throws(ImportError) -> [[Float]] {
        let flags = fcntl(child.standardInput, F_GETFL)
        _ = fcntl(child.standardInput, F_SETFL, flags | O_NONBLOCK)
        while missing > 0 {
            let remaining = deadline - .now
            let milliseconds =
                remaining.components.seconds * 1000 + remaining.components.attoseconds / 1_000_000_000_000_000
            guard milliseconds > 0 else {
                throw ImportError(
                    .commandTimedOut, place: place,
                    "answered \(count - missing) of \(count) texts in time",
                    advice:
                        "Raise timeoutSeconds, lower batchSize, or let the program flush after each answer")
            }
            let isSending = sent < requests.count
            var polled = [pollfd(fd: child.standardOutput, events: Int16(POLLIN), revents: 0)]
            if isSending {
                polled.append(pollfd(fd: child.standardInput, events: Int16(POLLOUT), revents: 0))
            }
            let ready = poll(&polled, nfds_t(polled.count), Int32(min(milliseconds, 1000)))
            if ready <= 0 { continue }
            if isSending, polled[1].revents != 0 { try send() }
            if polled[0].revents != 0 { try receive() }
        }
        return vectors.compactMap { $0 }
    }

    private mutating func send() throws(ImportError) {
        let written = withoutBrokenPipeSignal {
            requests.withUnsafeBytes { bytes in
                write(child.standardInput, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
            }
        }
        if written > 0 {
            sent += written
        } else if errno != EAGAIN, errno != EINTR {
            throw ended("stopped reading its input")
        }
        if sent == requests.count, closesInput { child.closeInput() }
    }

    private mutating func receive() throws(ImportError) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let got = read(child.standardOutput, &chunk, chunk.count)
        guard got > 0 else {
            if got < 0, errno == EINTR || errno == EAGAIN { return }
            throw ended("ended")
        }
        var lineStart = 0
        for index in 0..<got where chunk[index] == UInt8(ascii: "\n") {
            received.append(contentsOf: chunk[lineStart..<index])
            lineStart = index + 1
            try takeLine()
            received.removeAll(keepingCapacity: true)
        }
        received.append(contentsOf: chunk[lineStart..<got])
        if received.count > 64 << 20 { throw malformed("a line of more than 64 MiB") }
    }

    private mutating func takeLine() throws(ImportError) {
        if received.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { return }
        let parsed: Result<JSONValue, JSONSyntaxError> = received.withUnsafeBufferPointer { bytes in
            var parser = JSONParser(bytes)
            do throws(JSONSyntaxError) { return .success(try parser.parse()) } catch {
                return .failure(error)
            }
        }
        guard case .success(let answer) = parsed else {
            throw malformed(jsonQuoted(String(decoding: received.prefix(60), as: UTF8.self)))
        }
        guard let id = answer[key: "id"]?.integer, vectors.indices.contains(id) else {
            throw malformed("the id \(answer[key: "id"]?.summary ?? "missing")")
        }
        guard case .numbers(let numbers)? = answer[key: "vector"] else {
            throw malformed("the vector \(answer[key: "vector"]?.summary ?? "missing") for id \(id)")
        }
        let vector = numbers.map(Float.init)
        guard vector.allSatisfy({ $0.isFinite }) else {
            throw malformed("a number no 32-bit float can hold, id \(id)")
        }
        guard vectors[id] == nil else { throw malformed("two vectors for id \(id)") }
        vectors[id] = vector
        missing -= 1
    }

    private func ended(_ what: String) -> ImportError {
        child.closeInput()
        // It has closed its output; give it a moment to say why, but don't wait for one that hangs.
        usleep(20_000)
        let complaint = child.complaint
        return ImportError(
            .commandFailed, place: place,
            "\(what) after \(count - missing) of \(count) answers"
                + (complaint.isEmpty ? "" : ": \(complaint)"),
            advice: "Run the command by hand with one line {\"id\":0,\"text\":\"hello\"}")
    }

    private func malformed(_ found: String) -> ImportError {
        ImportError(
            .badAnswer, place: place,
            "found \(found), allowed: lines {\"id\": 0–\(count - 1), \"vector\": [numbers]}, each id once",
            advice: "Let the program write nothing else to its standard output")
    }
}

/// Runs a write whose broken pipe is to come back as an error, not as a signal to the whole process.
private func withoutBrokenPipeSignal(_ body: () -> Int) -> Int {
    var pipeSignal = sigset_t()
    var before = sigset_t()
    var waiting = sigset_t()
    sigemptyset(&pipeSignal)
    sigaddset(&pipeSignal, SIGPIPE)
    sigpending(&waiting)
    let wasWaiting = sigismember(&waiting, SIGPIPE) == 1
    pthread_sigmask(SIG_BLOCK, &pipeSignal, &before)
    let result = body()
    let code = errno
    if result < 0, code == EPIPE, !wasWaiting {
        var immediately = timespec()
        sigtimedwait(&pipeSignal, nil, &immediately)  // takes the signal that this write caused
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    errno = code
    return result
}
