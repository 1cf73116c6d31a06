import Foundation
import StateSpace

/// One file of recorded tensors: inputs, weights, outputs and gradients of an independent reference.
///
/// Names as golden/README.md has them: `in.*`, `w.*`, `out.*`, `mid.*`, `state.*`, `loss.cot`, `grad.*`. The file
/// remembers what was asked of it, so that nothing recorded passes unread. Belongs to one thread.
final class GoldenFile {
    let name: String
    let kind: String
    let tensors: SafetensorsFile
    private let configuration: [String: Any]
    private var readTensors: Set<String> = []
    private var readOptions: Set<String> = []
    /// Inputs alone: what is computed is kept here instead of compared.
    let isTemplate: Bool
    private(set) var answers: [String: [Float]] = [:]

    convenience init(path: String) throws {
        self.init(
            name: URL(fileURLWithPath: path).lastPathComponent, tensors: try SafetensorsFile(path: path),
            isTemplate: false)
    }

    init(name: String, tensors: SafetensorsFile, isTemplate: Bool) {
        self.name = name
        self.tensors = tensors
        self.isTemplate = isTemplate
        kind = tensors.metadata["kind"] ?? ""
        let text = tensors.metadata["config"] ?? "{}"
        configuration = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }

    func failure(_ message: String) -> EngineError { EngineError(.invalidInput, "\(name): \(message)") }

    func has(_ name: String) -> Bool { tensors.tensor(name) != nil }

    func floats(_ name: String, shape: [Int]? = nil) throws -> [Float] {
        readTensors.insert(name)
        return try tensors.floats(name, shape: shape)
    }

    /// The sizes of a tensor of so many dimensions.
    func shape(_ name: String, rank: Int) throws -> [Int] {
        guard let tensor = tensors.tensor(name) else { throw failure("\(name) is missing") }
        guard tensor.shape.count == rank else {
            throw failure("\(name) has the shape \(tensor.shape), \(rank) dimensions are needed")
        }
        // No model of this project comes near, and products of such sizes overflow nothing.
        guard tensor.shape.allSatisfy({ $0 <= 1 << 16 }) else {
            throw failure("\(name) has the shape \(tensor.shape), beyond 65536")
        }
        return tensor.shape
    }

    func keep(_ name: String, _ values: [Float]) { answers[name] = values }

    /// Masks are bytes.
    func bytes(_ name: String, count: Int) throws -> [UInt8] {
        readTensors.insert(name)
        guard let bytes = tensors.bytes(name), bytes.count == count else {
            throw failure("\(name) isn't \(count) bytes")
        }
        return bytes
    }

    /// What was recorded as an answer and neither compared nor taken as an input; intermediate values may be.
    var unread: [String] {
        let answers = ["out.", "grad.", "state."]
        return tensors.names.filter { name in
            !readTensors.contains(name) && answers.contains { name.hasPrefix($0) }
        }
    }

    /// Weights that our block hasn't: the reference had a part that we would leave out.
    func refuseWeights(beyond names: some Sequence<String>, prefix: String = "w.") throws {
        let known = Set(names)
        let strangers = tensors.names.filter {
            $0.hasPrefix(prefix) && !known.contains(String($0.dropFirst(prefix.count)))
        }
        if let stranger = strangers.first {
            throw failure("\(stranger) belongs to an option that this block hasn't")
        }
    }
}

// MARK: Options

extension GoldenFile {
    /// Keys of the config that no runner asked for: the first thing to look at where numbers differ.
    var unreadOptions: [String] { configuration.keys.filter { !readOptions.contains($0) }.sorted() }

    func option(_ key: String) -> Any? {
        readOptions.insert(key)
        guard let value = configuration[key], !(value is NSNull) else { return nil }
        return value
    }

    func hasOption(_ key: String) -> Bool { option(key) != nil }

    func integer(_ key: String) throws -> Int {
        guard let value = option(key) as? Int, (0..<1_000_000).contains(value) else { throw missing(key) }
        return value
    }

    /// A size: at least 1.
    func size(_ key: String) throws -> Int {
        let value = try integer(key)
        guard (1...1 << 16).contains(value) else {
            throw failure("its config has \"\(key)\" \(value); allowed: 1 to 65536")
        }
        return value
    }

    /// N of complex modes, which come in pairs.
    func evenSize(_ key: String) throws -> Int {
        let value = try size(key)
        guard value % 2 == 0 else { throw failure("its config has \"\(key)\" \(value), an odd number") }
        return value
    }

    func number(_ key: String, default standard: Double? = nil) throws -> Double {
        guard let value = option(key) else {
            guard let standard else { throw missing(key) }
            return standard
        }
        guard let number = value as? Double else { throw missing(key) }
        return number
    }

    func numbers(_ key: String, default standard: [Double]) throws -> [Double] {
        guard let value = option(key) else { return standard }
        guard let numbers = value as? [Double], numbers.count == standard.count else { throw missing(key) }
        return numbers
    }

    func flag(_ key: String, default standard: Bool? = nil) throws -> Bool {
        guard let value = option(key) else {
            guard let standard else { throw missing(key) }
            return standard
        }
        guard let flag = value as? Bool else { throw missing(key) }
        return flag
    }

    func text(_ key: String, default standard: String? = nil) throws -> String {
        guard let value = option(key) else {
            guard let standard else { throw missing(key) }
            return standard
        }
        guard let text = value as? String else { throw missing(key) }
        return text
    }

    func names(_ key: String) throws -> [String] {
        guard let names = option(key) as? [String] else { throw missing(key) }
        return names
    }

    /// An object inside the config, as options of its own.
    func object(_ key: String) throws -> [String: Any] {
        guard let object = option(key) as? [String: Any] else { throw missing(key) }
        return object
    }

    /// Sizes come from the tensors; where the config names one too, both must agree.
    func agree(_ sizes: KeyValuePairs<String, Int>) throws {
        for (key, size) in sizes where hasOption(key) {
            guard let value = option(key) as? Int, value == size else {
                throw failure("its config has \"\(key)\" \(option(key) ?? "-"), its tensors say \(size)")
            }
        }
    }

    /// The config's word is one that we know.
    func choice<Option: RawRepresentable & CaseIterable>(
        _ key: String, _ options: Option.Type, default standard: Option
    ) throws -> Option where Option.RawValue == String {
        let word = try text(key, default: standard.rawValue)
        guard let option = Option(rawValue: word) else {
            let allowed = Option.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure("\"\(key)\" is \"\(word)\"; allowed: \(allowed)")
        }
        return option
    }

    private func missing(_ key: String) -> EngineError { failure("its config has no usable \"\(key)\"") }
}

// MARK: Layouts

extension GoldenFile {
    /// A tensor of that shape, whose last two dimensions are (channels, time), as rows of channels: […, L, H].
    func rows(_ name: String, _ shape: [Int]) throws -> [Float] {
        Self.turned(
            try floats(name, shape: shape), rows: shape[shape.count - 2], columns: shape[shape.count - 1])
    }

    /// Each block [rows, columns] to [columns, rows].
    static func turned(_ values: [Float], rows: Int, columns: Int) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        for start in stride(from: 0, to: values.count, by: max(rows * columns, 1)) {
            for row in 0..<rows {
                for column in 0..<columns {
                    result[start + column * rows + row] = values[start + row * columns + column]
                }
            }
        }
        return result
    }
}
