/// Colour, or none. The only place that knows escape codes.
struct Style: Sendable, Equatable {
    var isColored: Bool

    static let plain = Style(isColored: false)

    func bold(_ text: String) -> String { paint(text, 1) }
    func dim(_ text: String) -> String { paint(text, 2) }
    func red(_ text: String) -> String { paint(text, 31) }
    func green(_ text: String) -> String { paint(text, 32) }
    func yellow(_ text: String) -> String { paint(text, 33) }
    func cyan(_ text: String) -> String { paint(text, 36) }

    private func paint(_ text: String, _ code: Int) -> String {
        isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
