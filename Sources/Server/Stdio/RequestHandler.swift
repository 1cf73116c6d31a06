import Engine
import Synchronization

/// One line in, one line out: JSON-RPC 2.0, single requests and batches.
package final class RequestHandler: Sendable {
    private let mneme: MnemeMethods
    private let sidecar: SidecarMethods
    private let documents = Mutex<[JSONDocumentBox]>([])

    /// Parsers are reused, one per request under way.
    private final class JSONDocumentBox: @unchecked Sendable {
        // @unchecked Sendable: taken out of the pool by one request at a time.
        let document = JSONDocument()
    }

    package init(service: any MemoryService, scope: Scope, options: SidecarOptions) {
        mneme = MnemeMethods(service: service, defaultScope: scope)
        sidecar = SidecarMethods(service: service, options: options)
    }

    /// The answer's line without a line break; nil = nothing to answer (blank line, or a batch of nothing but them).
    package func answer(_ line: consuming [UInt8]) -> String? {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
        let box = documents.withLock { $0.popLast() } ?? JSONDocumentBox()
        defer { documents.withLock { $0.append(box) } }
        do {
            return try box.document.parse(line) { root in
                if root.kind == .array {
                    let requests = root.elements
                    if requests.isEmpty {
                        return Self.response(nil, .failure(.invalidRequest("the batch is empty"))).line
                    }
                    return JSONValue.array(requests.map(single)).line
                }
                return single(root).line
            }
        } catch let error as JSONDocument.SyntaxError where !error.isUTF8 {
            return Self.response(
                nil, .failure(RPCError(code: -32603, message: "the line is not valid UTF-8"))
            ).line
        } catch {
            let message = (error as? JSONDocument.SyntaxError)?.message ?? "\(error)"
            return Self.response(nil, .failure(.parse("the line is not JSON: \(message)"))).line
        }
    }

    private func single(_ request: JSONView) -> JSONValue {
        guard request.kind == .object else {
            return Self.response(
                nil, .failure(.invalidRequest("the request is \(request.description); allowed: an object")))
        }
        guard let version = request["jsonrpc"], let id = request["id"] else {
            // The reference server answers so: its client knows no notifications.
            return Self.response(nil, .failure(.parse("jsonrpc or id is missing")))
        }
        let echo = id.echo
        guard id.kind == .string || id.kind == .integer || id.kind == .double || id.kind == .null else {
            return Self.response(
                nil, .failure(.invalidRequest("id is \(id.description); allowed: a string, a number or null"))
            )
        }
        guard version.string == "2.0" else {
            return Self.response(
                echo, .failure(.invalidRequest("jsonrpc is \(version.description); allowed: \"2.0\"")))
        }
        guard let method = request["method"]?.string else {
            return Self.response(echo, .failure(.invalidRequest("method is missing; allowed: a string")))
        }
        do {
            if let result = try mneme.answer(method, request["params"])
                ?? sidecar.answer(method, request["params"])
            {
                return Self.response(echo, .success(result))
            }
            let known = MnemeMethods.names + ["status", "score", "train", "train_from_db", "save_checkpoint"]
            return Self.response(
                echo,
                .failure(.noMethod("unknown method \"\(method)\"; allowed: \(known.joined(separator: ", "))"))
            )
        } catch {
            return Self.response(echo, .failure(RPCError(error)))
        }
    }

    static func response(_ id: JSONValue?, _ result: Result<JSONValue, RPCError>) -> JSONValue {
        var members: [(String, JSONValue)] = [("jsonrpc", .string("2.0")), ("id", id ?? .null)]
        switch result {
        case .success(let value): members.append(("result", value))
        case .failure(let error): members.append(("error", error.json))
        }
        return .object(members)
    }
}
