/// What a record must be before anything is written: pure checks, no database.
enum Validation {
    /// Years 0001 to 9999, in Unix milliseconds: what every date formatter can print.
    static let times: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    static func check(_ memory: NewMemory) throws(StorageError) {
        guard memory.text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw refusal("the text is empty")
        }
        if let id = memory.id, id.isEmpty || id.utf8.count > 512 {
            throw refusal("the id has \(id.utf8.count) bytes; 1 to 512 are allowed, or leave it off")
        }
        if memory.type.isEmpty { throw refusal("the type is empty") }
        try check(importance: memory.importance)
        try check(time: memory.createdAtMilliseconds, name: "creation time")
        for time in [memory.validFromMilliseconds, memory.validUntilMilliseconds] {
            if let time { try check(time: time, name: "validity time") }
        }
        if let from = memory.validFromMilliseconds, let until = memory.validUntilMilliseconds,
            from > until
        {
            throw refusal("it is valid from \(from) until \(until), which is earlier")
        }
        if let ordinal = memory.ordinal, ordinal < 0 {
            throw refusal("the ordinal is \(ordinal); 0 is the first turn")
        }
        var models: Set<String> = []
        for embedding in memory.embeddings {
            try check(embedding)
            if !models.insert(embedding.model).inserted {
                throw refusal("it has two vectors of \(embedding.model)")
            }
        }
    }

    static func check(importance: Double?) throws(StorageError) {
        if let importance, !(0...1).contains(importance) {
            throw refusal("the importance is \(importance); 0 to 1 is allowed")
        }
    }

    static func check(time: Int64, name: String) throws(StorageError) {
        if !times.contains(time) {
            throw refusal("the \(name) is \(time); Unix milliseconds are expected")
        }
    }

    /// Cosine needs finite components and a length above zero.
    static func check(_ embedding: StoredEmbedding) throws(StorageError) {
        if embedding.model.isEmpty { throw refusal("a vector's model is not named") }
        if embedding.vector.isEmpty {
            throw refusal("the vector of \(embedding.model) has no components")
        }
        if let index = embedding.vector.firstIndex(where: { !$0.isFinite }) {
            throw refusal(
                "component \(index) of the vector of \(embedding.model) is \(embedding.vector[index])")
        }
        if embedding.isHalfPrecision, let index = embedding.vector.firstIndex(where: { abs($0) > 65_504 }) {
            throw refusal(
                "component \(index) of the vector of \(embedding.model) is \(embedding.vector[index]); "
                    + "float16 ends at 65504, store it as float32")
        }
        // Up to 2^-25, float16 rounds to 0.
        let smallest: Float = embedding.isHalfPrecision ? 0x1p-25 : 0
        if embedding.vector.allSatisfy({ abs($0) <= smallest }) {
            throw refusal(
                "the vector of \(embedding.model) is all zeros"
                    + (embedding.isHalfPrecision ? " in float16" : "") + " and points nowhere")
        }
    }

    static func refusal(_ what: String) -> StorageError { StorageError(.invalidValue, what) }
}
