/// The parameters of a `mneme/…` method: read by name and type, with an error that names member, found and allowed.
/// A member that the method doesn't know is refused: a misspelt option must not be ignored.
struct Parameters {
    private let object: JSONView?
    let method: String

    init(_ object: JSONView?, method: String, allowed: [String]) throws(RPCError) {
        self.method = method
        guard let object, !object.isNull else {
            self.object = nil
            return
        }
        guard object.kind == .object else {
            throw .parameters("\(method): params is \(object.description); allowed: an object")
        }
        self.object = object
        for member in object.members where !allowed.contains(member.key) {
            throw .parameters(
                "\(method): unknown member \"\(member.key)\"; allowed: \(allowed.joined(separator: ", "))")
        }
    }

    func value(_ name: String) -> JSONView? { object?[name].flatMap { $0.isNull ? nil : $0 } }

    func wrong(_ name: String, _ value: JSONView, _ allowed: String) -> RPCError {
        .parameters("\(method): \(name) is \(value.description); allowed: \(allowed)")
    }

    func string(_ name: String) throws(RPCError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw wrong(name, value, "a string") }
        return text
    }

    func required(_ name: String) throws(RPCError) -> String {
        guard let text = try string(name) else {
            throw .parameters("\(method): \(name) is missing; allowed: a string")
        }
        return text
    }

    func integer(_ name: String, _ range: ClosedRange<Int64>) throws(RPCError) -> Int64? {
        guard let value = value(name) else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw wrong(name, value, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func number(_ name: String, _ range: ClosedRange<Double>) throws(RPCError) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.number, range.contains(number) else {
            throw wrong(name, value, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func bool(_ name: String) throws(RPCError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else { throw wrong(name, value, "true or false") }
        return flag
    }

    func strings(_ name: String) throws(RPCError) -> [String]? {
        guard let value = value(name) else { return nil }
        guard value.kind == .array else { throw wrong(name, value, "an array of strings") }
        var result: [String] = []
        for element in value.elements {
            guard let text = element.string else { throw wrong(name, element, "strings") }
            result.append(text)
        }
        return result
    }

    func floats(_ name: String) throws(RPCError) -> [Float]? {
        guard let value = value(name) else { return nil }
        guard let numbers = value.floats() else { throw wrong(name, value, "an array of numbers") }
        return numbers
    }

    func objects(_ name: String, allowed: [String]) throws(RPCError) -> [Parameters]? {
        guard let value = value(name) else { return nil }
        guard value.kind == .array else { throw wrong(name, value, "an array of objects") }
        var result: [Parameters] = []
        for (index, element) in value.elements.enumerated() {
            guard element.kind == .object else { throw wrong("\(name)[\(index)]", element, "an object") }
            result.append(try Parameters(element, method: "\(method) \(name)[\(index)]", allowed: allowed))
        }
        return result
    }
}
