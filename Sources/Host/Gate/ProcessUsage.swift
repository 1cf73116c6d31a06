import Glibc

/// What a worker has of the machine, as the kernel counts it.
package struct ProcessUsage: Sendable, Equatable {
    package var residentKilobytes = 0
    /// The most it ever had.
    package var peakKilobytes = 0
    package var threads = 0
    package var descriptors = 0

    /// nil = it is gone.
    package init?(pid: Int32) {
        guard let text = Self.text("/proc/\(pid)/status"), let list = opendir("/proc/\(pid)/fd") else { return nil }
        defer { closedir(list) }
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count > 1, let number = Int(words[1]) else { continue }
            switch words[0] {
            case "VmRSS:": residentKilobytes = number
            case "VmHWM:": peakKilobytes = number
            case "Threads:": threads = number
            default: break
            }
        }
        while readdir(list) != nil { descriptors += 1 }
        // "." and "..".
        descriptors -= 2
    }

    /// Files of /proc have no size, so they are read until their end.
    private static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while case let got = read(file, &buffer, buffer.count), got > 0 { bytes += buffer[..<got] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TrialWorker {
    package var usage: ProcessUsage? { ProcessUsage(pid: pid) }
}
