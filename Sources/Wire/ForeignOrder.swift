/// A plain C function, by value: which one, and how it is called. Sent to the worker that loads its library.
package struct ForeignOrder: Sendable, Equatable {
    package enum Scalar: UInt8, Sendable, CaseIterable { case f32, f64, i32, i64 }
    package enum Element: UInt8, Sendable, CaseIterable { case f32, f64 }
    package enum Result: UInt8, Sendable, CaseIterable { case void, f32, f64, i32 }
    package enum Count: UInt8, Sendable, CaseIterable { case rows, columns }

    /// Columns are indices into the batch's row columns.
    package enum Argument: Sendable, Equatable {
        case constant(Scalar, Double)
        case column(Scalar, Int)
        /// rows × columns, row-major and dense.
        case rows(Element, [Int])
        case count(Scalar, Count)
        /// One element per row, for the function to write.
        case output(Element)
    }

    package var path = ""
    package var symbol = ""
    /// The scorer's, for the table that the worker answers with.
    package var id = ""
    package var version = ""
    /// One call for all rows instead of one per row.
    package var isBatch = false
    package var result = Result.void
    package var arguments: [Argument] = []
    package var columnCount = 0

    package init() {}

    /// What `column-count` means: the width of the first matrix.
    package var matrixWidth: Int {
        for case .rows(_, let columns) in arguments { return columns.count }
        return 0
    }

    /// libffi allows more; nobody writes a function with more.
    package static let maximumArguments = 32
}

// As bytes.
extension ForeignOrder {
    private enum Kind: UInt8 { case constant, column, rows, count, output }

    package var encoded: [UInt8] {
        var out = ByteWriter()
        for text in [path, symbol, id, version] { out.write(text) }
        out.write(UInt8(isBatch ? 1 : 0))
        out.write(result.rawValue)
        out.write(UInt32(columnCount))
        out.write(UInt32(arguments.count))
        for argument in arguments { Self.write(argument, to: &out) }
        return out.bytes
    }

    private static func write(_ argument: Argument, to out: inout ByteWriter) {
        func head(_ kind: Kind, _ type: UInt8) {
            out.write(kind.rawValue)
            out.write(type)
        }
        switch argument {
        case .constant(let type, let value):
            head(.constant, type.rawValue)
            out.write(value)
        case .column(let type, let column):
            head(.column, type.rawValue)
            out.write(UInt32(column))
        case .rows(let type, let columns):
            head(.rows, type.rawValue)
            out.write(UInt32(columns.count))
            for column in columns { out.write(UInt32(column)) }
        case .count(let type, let what):
            head(.count, type.rawValue)
            out.write(what.rawValue)
        case .output(let type): head(.output, type.rawValue)
        }
    }

    package init(decoding bytes: UnsafeRawBufferPointer) throws(ByteReader.Truncated) {
        var input = ByteReader(bytes)
        path = try input.text()
        symbol = try input.text()
        id = try input.text()
        version = try input.text()
        isBatch = try input.integer(UInt8.self) != 0
        result = try Self.known(Result(rawValue: try input.integer()))
        columnCount = Int(try input.integer(UInt32.self))
        for _ in 0..<(try input.integer(UInt32.self)) {
            arguments.append(try Self.argument(&input, columns: columnCount))
        }
    }

    private static func known<Value>(_ value: Value?) throws(ByteReader.Truncated) -> Value {
        guard let value else { throw ByteReader.Truncated() }
        return value
    }

    private static func argument(_ input: inout ByteReader, columns: Int) throws(ByteReader.Truncated)
        -> Argument
    {
        func column(_ input: inout ByteReader) throws(ByteReader.Truncated) -> Int {
            let index = Int(try input.integer(UInt32.self))
            return try known(index < columns ? index : nil)
        }
        let kind = try known(Kind(rawValue: try input.integer()))
        let type = try input.integer(UInt8.self)
        switch kind {
        case .constant: return .constant(try known(Scalar(rawValue: type)), try input.number())
        case .column: return .column(try known(Scalar(rawValue: type)), try column(&input))
        case .rows:
            var list: [Int] = []
            for _ in 0..<(try input.integer(UInt32.self)) { list.append(try column(&input)) }
            return .rows(try known(Element(rawValue: type)), list)
        case .count:
            return .count(try known(Scalar(rawValue: type)), try known(Count(rawValue: try input.integer())))
        case .output: return .output(try known(Element(rawValue: type)))
        }
    }
}
