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
    /// F_SETPIPE_SZ of linux/fcntl.h, which Glibc's module doesn't show.
    private static let setPipeSize: Int32 = 1031

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
        let terminate = DispatchSource.makeSignalSource(
            signal: SIGTERM, queue: DispatchQueue(label: "mneme.signals"))
        terminate.setEventHandler {
            // Acknowledged writes are durable already; what is under way gets half a second.
            _ = underWay.wait(timeout: .now() + 0.5)
            exit(0)
        }
        terminate.resume()

        // A bigger pipe means fewer turns between writer and reader; where it may not be had, the old size serves.
        _ = fcntl(input, Self.setPipeSize, 1 << 20)
        var line: [UInt8] = []
        var skipping = false
        var usualBytes = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            var start = 0
            while start < count {
                let end = Self.lineEnd(buffer, start..<count)
                if !skipping { line.append(contentsOf: buffer[start..<(end ?? count)]) }
                guard let end else { break }
                start = end + 1
                if skipping {
                    skipping = false
                    line.removeAll()
                    continue
                }
                usualBytes = line.count
                dispatch(line, pool, underWay, places)
                line = []
                // Room for a line like the last one and for the parser's padding: no second copy of 2 MB.
                line.reserveCapacity(usualBytes + usualBytes / 8 + JSONDocument.padding)
            }
            if line.count > Self.longestLineBytes {
                skipping = true
                line.removeAll()
                write(
                    RequestHandler.response(
                        nil,
                        .failure(.invalidRequest("the line is longer than \(Self.longestLineBytes) bytes"))
                    ).line)
            }
        }
        if !line.isEmpty, !skipping { dispatch(line, pool, underWay, places) }
        underWay.wait()
        terminate.cancel()
    }

    /// memchr: a loop over 2 MB costs as much as parsing it.
    private static func lineEnd(_ buffer: [UInt8], _ range: Range<Int>) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base + range.lowerBound, 0x0A, range.count)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private func dispatch(
        _ line: consuming [UInt8], _ pool: DispatchQueue, _ underWay: DispatchGroup,
        _ places: DispatchSemaphore
    ) {
        places.wait()
        let line = Mutex(line)
        pool.async(group: underWay) { [self] in
            // Taken out, so that the parser may pad it in place.
            let taken = line.withLock { held in
                let bytes = held
                held = []
                return bytes
            }
            if let answer = handler.answer(taken) { write(answer) }
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
