/// What makes two records the same memory: the first 16 bytes of SHA-256 over what was said, by
/// whom, where and when.
///
/// Two equal sentences at two places of a conversation are two memories; the same file imported
/// twice is one. Importance, type, entities and metadata may be corrected without making a new
/// memory, so they stay out; a time that the importer made up stays out too.
package struct ContentHash: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(of memory: NewMemory) {
        var message: [UInt8] = []
        message.reserveCapacity(memory.text.utf8.count + 96)
        // Each field with its length in front: no two records spell the same message.
        func add(_ field: String?) {
            guard let field else {
                message.append(0)
                return
            }
            message.append(1)
            withUnsafeBytes(of: UInt64(field.utf8.count).littleEndian) { message.append(contentsOf: $0) }
            message.append(contentsOf: field.utf8)
        }
        add(memory.id)
        add(memory.text)
        add(memory.caption)
        add(memory.author)
        add(memory.session)
        add(memory.ordinal.map(String.init))
        add(memory.isCreationTimeAssumed ? nil : String(memory.createdAtMilliseconds))
        bytes = Array(SHA256.digest(message).prefix(16))
    }

    /// The id of a memory that came without one: 16 hex digits of the hash.
    package var derivedID: String {
        bytes.prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
