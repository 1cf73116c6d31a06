import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file or a program's output, cut into records at a delimiter byte, in memory bounded by one record.
///
/// Used by one thread at a time.
final class ByteRecords {
    enum Record {
        /// Without the delimiter; valid until the next call.
        case bytes(UnsafeBufferPointer<UInt8>)
        /// Longer than allowed; it has been passed over.
        case tooLong(byteCount: Int)
    }

    let place: String
    /// Number of the record returned last, from 1.
    private(set) var number = 0
    private let descriptor: Int32
    /// The file behind the descriptor: the same, or what gzip reads. −1 where there is none.
    private let file: Int32
    private let fileSize: Int?
    private let child: ChildProcess?
    private let isCompressed: Bool
    private let delimiter: UInt8
    private let maximumByteCount: Int

    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var isAtEnd = false

    /// Opens a file; `.gz` goes through `gzip -dc`, `-` is the standard input.
    /// - Parameter maximumByteCount: longer records are passed over; 16 MiB holds a million digits of vector.
    init(
        file path: String, delimiter: UInt8 = UInt8(ascii: "\n"), maximumByteCount: Int = 16 << 20
    ) throws(ImportError) {
        place = path
        self.delimiter = delimiter
        self.maximumByteCount = maximumByteCount
        let opened = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            throw ImportError(
                .unreadable, place: path, "can't be opened: \(String(cString: strerror(errno)))",
                advice: "Check the path and its permissions")
        }
        var information = stat()
        fstat(opened, &information)
        guard information.st_mode & S_IFMT != S_IFDIR else {
            close(opened)
            throw ImportError(
                .unreadable, place: path, "is a folder", advice: "Name a file, or import it as a folder")
        }
        file = opened
        fileSize = information.st_mode & S_IFMT == S_IFREG ? Int(information.st_size) : nil
        isCompressed = path.hasSuffix(".gz")
        if isCompressed {
            do throws(ImportError) {
                let gzip = try ChildProcess(["gzip", "-dc"], input: .file(opened))
                child = gzip
                descriptor = gzip.standardOutput
            } catch {
                close(opened)
                throw error
            }
        } else {
            child = nil
            descriptor = opened
        }
        buffer = .allocate(byteCount: 256 << 10, alignment: 16)
    }

    /// Reads the output of a program that is already running.
    init(output child: ChildProcess, place: String, delimiter: UInt8, maximumByteCount: Int = 16 << 20) {
        self.place = place
        self.delimiter = delimiter
        self.maximumByteCount = maximumByteCount
        self.child = child
        descriptor = child.standardOutput
        file = -1
        fileSize = nil
        isCompressed = false
        buffer = .allocate(byteCount: 256 << 10, alignment: 16)
    }

    deinit {
        buffer.deallocate()
        if file >= 0 { close(file) }
    }

    /// Bytes of the file read so far; of a compressed file the compressed ones, since gzip moves the
    /// position of the descriptor that it shares with us.
    var progress: ImportProgress {
        guard file >= 0, fileSize != nil else {
            return ImportProgress(unit: .records, done: number, total: nil)
        }
        let position = Int(lseek(file, 0, SEEK_CUR))
        return ImportProgress(
            unit: .bytes, done: isCompressed ? position : position - (end - start), total: fileSize)
    }

    /// The next record; nil at the end. A last record without its delimiter counts.
    func next() throws(ImportError) -> Record? {
        var searched = start
        var skipped = 0  // bytes of an overlong record already dropped
        while true {
            if searched < end, let base = buffer.baseAddress,
                let hit = memchr(base + searched, Int32(delimiter), end - searched)
            {
                let position = hit - base
                let record = start..<position
                start = position + 1
                number += 1
                return skipped > 0 || record.count > maximumByteCount
                    ? .tooLong(byteCount: skipped + record.count) : .bytes(bytes(in: record))
            }
            if end - start > maximumByteCount {
                skipped += end - start
                start = end
            }
            searched = end
            if isAtEnd {
                guard end > start || skipped > 0 else { return nil }
                let record = start..<end
                start = end
                number += 1
                return skipped > 0 ? .tooLong(byteCount: skipped + record.count) : .bytes(bytes(in: record))
            }
            let moved = start
            try fill()
            searched -= moved - start
        }
    }

    private func bytes(in range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).bindMemory(to: UInt8.self)[range])
    }

    /// Reads more behind `end`, after moving the unread part to the front.
    private func fill() throws(ImportError) {
        if start > 0 {
            if end > start, let base = buffer.baseAddress { memmove(base, base + start, end - start) }
            end -= start
            start = 0
        }
        if end == buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
            buffer.deallocate()
            buffer = larger
        }
        while true {
            let count = read(descriptor, buffer.baseAddress.map { $0 + end }, buffer.count - end)
            if count > 0 {
                end += count
                return
            }
            if count == 0 {
                isAtEnd = true
                try checkEnd()
                return
            }
            guard errno == EINTR else {
                throw ImportError(
                    .unreadable, place: place, "stopped being readable: \(String(cString: strerror(errno)))",
                    advice: "What came before it has been read; try again")
            }
        }
    }

    /// A program that failed may have cut its output anywhere, so its last record can't be trusted.
    private func checkEnd() throws(ImportError) {
        guard let child else { return }
        let status = child.wait()
        guard status != 0, !(isCompressed && status == 2) else { return }  // gzip 2: only a warning
        let complaint = child.complaint
        throw ImportError(
            .commandFailed, place: place,
            "\(child.name) ended with status \(status) after record \(number)"
                + (complaint.isEmpty ? "" : ": \(complaint)"),
            advice: isCompressed ? "Check the file with gzip -t" : "Try the command by hand")
    }
}
