import Glibc
import PluginABI
import Wire

/// The memory of the structs that cross: one zeroed slot each. Guarded, a struct ends where readable memory ends, so
/// that a plugin which writes a whole newer struct, or past its end, dies at once.
final class CallSlots {
    private static let pageBytes = 4096
    private let isGuarded: Bool
    private let memory: UnsafeMutableRawPointer
    let scores: UnsafeMutablePointer<mneme_scores>
    let info: UnsafeMutablePointer<mneme_info>
    let error: UnsafeMutablePointer<mneme_error>
    let host: UnsafeMutablePointer<mneme_host>
    /// Batch, events or outcomes.
    private(set) var input: UnsafeMutableRawPointer

    init(isGuarded: Bool) {
        self.isGuarded = isGuarded
        // Five slots, a page each, every second page without access where guarded.
        let count = 10 * Self.pageBytes
        guard let memory = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED else {
            exit(72)
        }
        self.memory = memory
        if isGuarded {
            for page in stride(from: 1, to: 10, by: 2) {
                mprotect(memory + page * Self.pageBytes, Self.pageBytes, PROT_NONE)
                Diagnosis.note(memory + page * Self.pageBytes, Self.pageBytes, isStruct: true, index: page / 2)
            }
        }
        func slot(_ index: Int, _ size: Int) -> UnsafeMutableRawPointer {
            let start = memory + 2 * index * Self.pageBytes
            // 8-byte aligned sizes only, so the end of the struct is the end of the page.
            return isGuarded ? start + Self.pageBytes - size : start
        }
        scores = slot(0, MemoryLayout<mneme_scores>.size).bindMemory(to: mneme_scores.self, capacity: 1)
        info = slot(1, MemoryLayout<mneme_info>.size).bindMemory(to: mneme_info.self, capacity: 1)
        error = slot(2, MemoryLayout<mneme_error>.size).bindMemory(to: mneme_error.self, capacity: 1)
        host = slot(3, MemoryLayout<mneme_host>.size).bindMemory(to: mneme_host.self, capacity: 1)
        input = slot(4, Packing.slotBytes)
    }

    /// Where the next input struct of `size` bytes begins. Its slot is 1 KiB unless guarded.
    func setInputSize(_ size: Int) {
        let end = memory + 9 * Self.pageBytes
        input = isGuarded ? end - max(size, 0) : memory + 8 * Self.pageBytes
    }

    func prepareScores() -> UnsafeMutablePointer<mneme_scores> {
        memset(scores, 0, MemoryLayout<mneme_scores>.size)
        scores.pointee.struct_size = UInt32(MemoryLayout<mneme_scores>.size)
        return scores
    }

    func prepareInfo() {
        memset(info, 0, MemoryLayout<mneme_info>.size)
        info.pointee.struct_size = UInt32(MemoryLayout<mneme_info>.size)
    }

    func prepareError() {
        memset(error, 0, MemoryLayout<mneme_error>.size)
        error.pointee.struct_size = UInt32(MemoryLayout<mneme_error>.size)
    }

    func prepareHost(context: UnsafeMutableRawPointer, log: @escaping @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UInt64) -> Void) {
        memset(host, 0, MemoryLayout<mneme_host>.size)
        host.pointee.struct_size = UInt32(MemoryLayout<mneme_host>.size)
        host.pointee.context = context
        host.pointee.log = log
    }

    func setError(_ code: Int, _ message: String) {
        error.pointee.code = mneme_status(code)
        withUnsafeMutableBytes(of: &error.pointee.message) { target in
            var text = Array(message.utf8.prefix(target.count - 1))
            text.append(0)
            target.copyBytes(from: text)
        }
    }
}
