import Foundation

/// Tab-separated numbers, gzipped or not; the first line names the columns.
enum TabbedFile {
    /// One line's fields; valid inside the closure only.
    struct Line {
        let place: String
        let number: Int
        let fields: [UnsafeBufferPointer<UInt8>]

        func failure(_ problem: String) -> EngineError {
            EngineError(.invalidInput, "\(place), line \(number): \(problem)")
        }

        func integer(_ column: Int) throws -> Int64 {
            guard let value = Self.value(fields[column]) else {
                throw failure("column \(column + 1) is no whole number")
            }
            return value
        }

        func integers(_ column: Int, separator: UInt8) throws -> [Int64] {
            try fields[column].split(separator: separator).map { part in
                guard let value = Self.value(UnsafeBufferPointer(rebasing: part)) else {
                    throw failure("column \(column + 1) holds something that is no whole number")
                }
                return value
            }
        }

        /// Decimal digits, at most eighteen.
        private static func value(_ digits: UnsafeBufferPointer<UInt8>) -> Int64? {
            guard !digits.isEmpty, digits.count <= 18 else { return nil }
            var value: Int64 = 0
            for digit in digits {
                guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int64(digit - UInt8(ascii: "0"))
            }
            return value
        }
    }

    /// `columns`: how many there must be; nil = any number.
    static func forEachLine(of file: URL, columns: Int?, _ body: (Line) throws -> Void) throws {
        let records = try translating { () throws(ImportError) in try ByteRecords(file: file.path) }
        while let record = try translating({ () throws(ImportError) in try records.next() }) {
            guard records.number > 1 else { continue }
            guard case .bytes(let bytes) = record else {
                throw EngineError(.invalidInput, "\(file.path), line \(records.number): longer than any line")
            }
            let fields = bytes.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
                .map { UnsafeBufferPointer(rebasing: $0) }
            let line = Line(place: file.path, number: records.number, fields: fields)
            if let columns, fields.count != columns {
                throw line.failure("\(fields.count) columns where \(columns) are needed")
            }
            try body(line)
        }
    }

    private static func translating<Value>(_ body: () throws(ImportError) -> Value) throws -> Value {
        switch Result(catching: body) {
        case .success(let value): return value
        case .failure(let error): throw EngineError(.invalidInput, error.description)
        }
    }
}
