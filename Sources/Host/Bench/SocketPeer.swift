import Glibc
import Platform

/// A child of this program that answers over a Unix socket: what the process tier is measured against. It only moves the
/// bytes and follows its caller's CPU; it neither checks them nor scores.
final class SocketPeer {
    // Not Sendable on purpose: one bench, one thread.
    private let descriptor: Int32
    private let pid: Int32
    private var cpu: Int32 = -1
    private var request: [UInt8]
    private var answer: [UInt8]

    /// nil = the program can't be started again, as under a test runner.
    init?(requestBytes: Int, answerBytes: Int) {
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0
        else { return nil }
        guard let pid = Self.spawn(pair[1], "\(requestBytes):\(answerBytes)") else {
            close(pair[0])
            close(pair[1])
            return nil
        }
        close(pair[1])
        descriptor = pair[0]
        self.pid = pid
        request = [UInt8](repeating: 1, count: requestBytes)
        answer = [UInt8](repeating: 0, count: answerBytes)
        // It has started when it has answered once.
        guard exchange() else { return nil }
    }

    deinit {
        // It ends at the end of its input.
        close(descriptor)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    func exchange() -> Bool {
        follow(platform_current_cpu())
        return request.withUnsafeMutableBytes { Self.all($0) { write(descriptor, $0, $1) } }
            && answer.withUnsafeMutableBytes { Self.all($0) { read(descriptor, $0, $1) } }
    }

    private func follow(_ wanted: Int32) {
        guard wanted != cpu else { return }
        var mask = CPUMask()
        mask.insert(Int(wanted))
        mask.withBytes { _ = platform_set_affinity(pid, $0.baseAddress, $0.count) }
        cpu = wanted
    }

    /// The child's side, on its standard input. `shape` is REQUEST:ANSWER, bytes.
    static func answer(shape: String) {
        let sizes = shape.split(separator: ":").compactMap { Int($0) }
        guard sizes.count == 2, sizes.allSatisfy({ (1...(1 << 30)).contains($0) }) else { return }
        var request = [UInt8](repeating: 0, count: sizes[0])
        var answer = [UInt8](repeating: 2, count: sizes[1])
        while request.withUnsafeMutableBytes({ all($0) { read(0, $0, $1) } }),
            answer.withUnsafeMutableBytes({ all($0) { write(0, $0, $1) } })
        {}
    }

    /// Repeats a read or write until every byte has moved; false = the other side has gone.
    private static func all(
        _ bytes: UnsafeMutableRawBufferPointer, _ move: (UnsafeMutableRawPointer?, Int) -> Int
    ) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = move(bytes.baseAddress.map { $0 + done }, bytes.count - done)
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    private static func spawn(_ socket: Int32, _ shape: String) -> Int32? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, socket, 0)
        let words = ["mneme", "bench", "--answer-socket", shape]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for text in arguments { free(text) } }
        var pid: Int32 = 0
        return posix_spawn(&pid, "/proc/self/exe", &actions, nil, &arguments, environ) == 0 ? pid : nil
    }
}

/// The child of a bench.
package enum BenchPeer {
    package static func answer(shape: String) { SocketPeer.answer(shape: shape) }
}
