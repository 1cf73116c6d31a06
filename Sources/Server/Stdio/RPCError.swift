import Engine

/// An error of JSON-RPC 2.0: code, message, and what a program may act on.
struct RPCError: Error {
    var code: Int
    var message: String
    var kind: String?

    static func parse(_ message: String) -> RPCError { RPCError(code: -32700, message: message) }
    static func invalidRequest(_ message: String) -> RPCError { RPCError(code: -32600, message: message) }
    static func noMethod(_ message: String) -> RPCError { RPCError(code: -32601, message: message) }
    static func parameters(_ message: String) -> RPCError {
        RPCError(code: -32602, message: message, kind: "invalid-parameters")
    }
    /// What the method itself refuses.
    static func refused(_ message: String, kind: String? = nil) -> RPCError {
        RPCError(code: -32000, message: message, kind: kind)
    }

    init(code: Int, message: String, kind: String? = nil) {
        self.code = code
        self.message = message
        self.kind = kind
    }

    init(_ error: any Error) {
        if let error = error as? RPCError {
            self = error
        } else if let error = error as? EngineError {
            self.init(code: -32000, message: error.message, kind: error.code.rawValue)
        } else {
            self.init(code: -32603, message: "internal error: \(error)")
        }
    }

    var json: JSONValue {
        var members: [(String, JSONValue)] = [("code", .integer(Int64(code))), ("message", .string(message))]
        if let kind { members.append(("data", .object([("code", .string(kind))]))) }
        return .object(members)
    }
}
