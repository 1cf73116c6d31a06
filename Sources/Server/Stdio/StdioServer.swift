import Dispatch
import Foundation
import Synchronization

/// Serves JSON-RPC lines: one thread reads, a pool answers, whole lines are written one at a time, in the order in which
/// they are done. At end of file, or at SIGTERM, requests under way are finished and the server returns.
package final class StdioServer: Sendable {
    private let handler: RequestHandler
    private let input: Int32
    private let output: Int32
    private let writing = Mutex<Void>(())

    /// A longer line is refused and skipped; later lines are served.
    package static let longestLineBytes = 64 << 20
    private static let concurrentRequests = 8

    package init(handler: RequestHandler, input: Int32 = 0, output: Int32 = 1) {
        self.handler = handler
        self.input = input
        self.output = output
    }

    /// Blocks until end of file.
    package func run() {
        signal(SIGPIPE, SIG_IGN)
        let pool = DispatchQueue(label: "mneme.requests", attributes: .concurrent)
        let underWay = DispatchGroup()
        let places = DispatchSemaphore(value: Self.concurrentRequests)
        signal(SIGTERM, SIG_IGN)
        let terminate = DispatchSource.makeSignalSource(signal: SIGTERM, queue: DispatchQueue(label: "mneme.signals"))
        terminate.setEventHandler {
            // Acknowledged writes are durable already; what is under way gets half a second.
            _ = underWay.wait(timeout: .now() + 0.5)
            exit(0)
        }
        terminate.resume()

        var line: [UInt8] = []
        var skipping = false
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            var start = 0
            while start < count {
                let rest = buffer[start..<count]
                guard let end = rest.firstIndex(of: 0x0A) else {
                    if !skipping { line.append(contentsOf: rest) }
                    break
                }
                if !skipping { line.append(contentsOf: buffer[start..<end]) }
                start = end + 1
                if skipping {
                    skipping = false
                    line.removeAll()
                    continue
                }
                dispatch(line, pool, underWay, places)
                line = []
            }
            if line.count > Self.longestLineBytes {
                skipping = true
                line.removeAll()
                write(RequestHandler.response(nil, .failure(.invalidRequest("the line is longer than \(Self.longestLineBytes) bytes"))).line)
            }
        }
        if !line.isEmpty, !skipping { dispatch(line, pool, underWay, places) }
        underWay.wait()
        terminate.cancel()
    }

    private func dispatch(_ line: [UInt8], _ pool: DispatchQueue, _ underWay: DispatchGroup, _ places: DispatchSemaphore) {
        places.wait()
        pool.async(group: underWay) { [self] in
            if let answer = handler.answer(line) { write(answer) }
            places.signal()
        }
    }

    private func write(_ answer: String) {
        var bytes = Array(answer.utf8)
        bytes.append(0x0A)
        writing.withLock { _ in
            bytes.withUnsafeBytes { all in
                var rest = all[...]
                while !rest.isEmpty {
                    let written = Foundation.write(output, rest.baseAddress, rest.count)
                    if written < 0 && errno == EINTR { continue }
                    // The reader is gone: there is nobody left to answer.
                    if written <= 0 { return }
                    rest = rest.dropFirst(written)
                }
            }
        }
    }
}

extension Slice where Base == UnsafeRawBufferPointer {
    fileprivate var baseAddress: UnsafeRawPointer? { base.baseAddress.map { $0 + startIndex } }
}
