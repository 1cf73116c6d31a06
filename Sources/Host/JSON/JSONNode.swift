/// A place in a text: both count from 1, columns in characters of UTF-8 (what an editor shows).
package struct TextPosition: Sendable, Equatable, CustomStringConvertible {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package var description: String { "line \(line), column \(column)" }
}

/// A JSON value that remembers where it stood.
package struct JSONNode: Sendable {
    package indirect enum Value: Sendable {
        case null
        case bool(Bool)
        /// `isIntegral`: written without fraction and exponent.
        case number(Double, isIntegral: Bool)
        case string(String)
        case array([JSONNode])
        /// In the order of the file; keys are unique.
        case object([JSONMember])
    }

    package var value: Value
    package var position: TextPosition

    /// What an error message calls the value: kind and, where short, content.
    package var found: String {
        switch value {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .number(let number, let isIntegral):
            isIntegral && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
        case .string(let text): "\"\(text.prefix(60))\(text.count > 60 ? "…" : "")\""
        case .array(let items): "a list of \(items.count)"
        case .object(let members): "an object with \(members.count) keys"
        }
    }
}

package struct JSONMember: Sendable {
    package var key: String
    package var keyPosition: TextPosition
    package var node: JSONNode
}
