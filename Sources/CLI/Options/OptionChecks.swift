/// Checks that argument-parser's types don't express. All fail as usage errors that name the option.
enum OptionCheck {
    static func atLeast(_ least: Int, _ value: Int, option: String) throws {
        guard value >= least else {
            throw CommandFailure(
                .usage, "too small", place: option, found: String(value), allowed: "\(least) or more",
                remedy: "\(option) \(least)")
        }
    }

    static func between(_ range: ClosedRange<Int>, _ value: Int, option: String) throws {
        guard range.contains(value) else {
            throw CommandFailure(
                .usage, "out of range", place: option, found: "\(value)",
                allowed: "\(range.lowerBound) to \(range.upperBound)", remedy: "choose a value in the range")
        }
    }

    static func inRange(_ range: ClosedRange<Double>, _ value: Double, option: String) throws {
        guard range.contains(value) else {
            throw CommandFailure(
                .usage, "out of range", place: option, found: "\(value)",
                allowed: "\(range.lowerBound) to \(range.upperBound)", remedy: "choose a value in the range")
        }
    }

    /// Text that is an option's or argument's value and must have content.
    static func text(_ value: String, option: String, remedy: String) throws {
        guard value.contains(where: { !$0.isWhitespace }) else {
            throw CommandFailure(
                .usage, "an empty text", place: option, found: "\"\(value)\"", allowed: "at least one word",
                remedy: remedy)
        }
    }

    /// An option that means nothing without another.
    static func needs(_ other: String, given isOtherGiven: Bool, _ isGiven: Bool, option: String) throws {
        guard isOtherGiven || !isGiven else {
            throw CommandFailure(
                .usage, "it means nothing alone", place: option, found: "\(option) without \(other)",
                allowed: "\(option) together with \(other)", remedy: "add \(other), or leave \(option) out")
        }
    }
}
