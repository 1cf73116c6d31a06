import Foundation

/// A vector from a file: one JSON array of numbers.
enum VectorFile {
    static func read(_ path: String, option: String, _ context: CommandContext) throws -> [Float] {
        let data = try context.readInput(path)
        guard let values = try? JSONDecoder().decode([Float].self, from: data), !values.isEmpty,
            values.allSatisfy(\.isFinite)
        else {
            throw CommandFailure(
                .badData, "not a vector", place: "\(option) \(path)",
                found: Plain.line(String(decoding: data.prefix(40), as: UTF8.self)),
                allowed: "one JSON array of finite numbers", remedy: "for example [0.12, -0.5, 0.33]")
        }
        return values
    }
}
