import Host
import PluginABI
import Wire

/// The values of an option where things break: the least, the most, every choice.
enum OptionEnds {
    typealias Value = (text: String, order: CreateOrder.OptionValue)

    static func values(_ option: Manifest.Option) -> [Value] {
        func number(_ value: Double, _ kind: Int) -> Value { ("\(value)", .number(kind: UInt32(kind), value)) }
        switch option.kind {
        case .number(let range):
            return [range.lowerBound, range.upperBound].filter { abs($0) < 1e300 }.map { number($0, MNEME_OPTION_NUMBER) }
        case .integer(let range):
            return [range.lowerBound, range.upperBound].filter { abs($0) < 1e300 }.map { number($0, MNEME_OPTION_INTEGER) }
        case .bool: return [number(0, MNEME_OPTION_BOOL), number(1, MNEME_OPTION_BOOL)]
        case .text: return [("an empty text", .text("")), ("a text of 4,096 bytes", .text(String(repeating: "ä", count: 2048)))]
        case .choice(let choices): return choices.map { ($0, .text($0)) }
        }
    }
}
