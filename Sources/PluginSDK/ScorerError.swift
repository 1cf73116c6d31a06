import PluginABI

/// Why a call failed: a status of the contract, and a sentence that says what was wrong, with what, and
/// what is allowed. The host shows the first 503 bytes, so put what matters first.
public struct ScorerError: Error, Sendable, CustomStringConvertible {
    public let status: Int32
    public let message: String

    public init(status: Int32, message: String) {
        self.status = status
        self.message = message
    }

    /// The caller broke the contract.
    public static func invalid(_ message: String) -> Self {
        .init(status: Int32(MNEME_INVALID), message: message)
    }
    /// Columns are missing or cannot be mapped.
    public static func schema(_ message: String) -> Self {
        .init(status: Int32(MNEME_SCHEMA), message: message)
    }
    /// A state blob is foreign, truncated, damaged, or of other weights.
    public static func state(_ message: String) -> Self {
        .init(status: Int32(MNEME_STATE), message: message)
    }
    /// An asset is missing, damaged or does not fit.
    public static func asset(_ message: String) -> Self {
        .init(status: Int32(MNEME_ASSET), message: message)
    }
    /// Options are each valid but impossible together.
    public static func option(_ message: String) -> Self {
        .init(status: Int32(MNEME_OPTION), message: message)
    }
    /// No memory within the limit.
    public static func memory(_ message: String) -> Self {
        .init(status: Int32(MNEME_MEMORY), message: message)
    }
    /// This head, target or form is not offered.
    public static func unsupported(_ message: String) -> Self {
        .init(status: Int32(MNEME_UNSUPPORTED), message: message)
    }
    /// A fault of the plugin itself.
    public static func `internal`(_ message: String) -> Self {
        .init(status: Int32(MNEME_INTERNAL), message: message)
    }

    public var description: String { message }

    /// Copies code and message into the host's struct, cut at a character boundary.
    func write(to error: UnsafeMutablePointer<mneme_error>?) {
        guard let error else { return }
        error.pointee.code = status
        // Force unwrap: `message` is a stored field of an imported C struct, so it has an offset.
        let offset = MemoryLayout<mneme_error>.offset(of: \.message)!
        let target = UnsafeMutableRawPointer(error) + offset
        let capacity = MemoryLayout<mneme_error>.size - offset - 1
        var length = 0
        for character in message {
            let bytes = character.utf8
            guard length + bytes.count <= capacity else { break }
            for byte in bytes {
                target.storeBytes(of: byte, toByteOffset: length, as: UInt8.self)
                length += 1
            }
        }
        target.storeBytes(of: 0, toByteOffset: length, as: UInt8.self)
    }
}

/// Runs the body of one C entry: a thrown error becomes its status and the host's message.
func reporting(
    to error: UnsafeMutablePointer<mneme_error>?, _ body: () throws(ScorerError) -> mneme_status
) -> mneme_status {
    do {
        return try body()
    } catch {
        fail(error)
        return error.status
    }

    func fail(_ reason: ScorerError) { reason.write(to: error) }
}
