import Glibc

/// Warnings of the host and its plugins: lines on standard error, never on standard output, which belongs to answers.
enum HostLog {
    static func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
