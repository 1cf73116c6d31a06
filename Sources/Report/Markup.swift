/// Markup that a browser reads as HTML and a parser as XML: every element is closed, every text escaped here and nowhere else.
struct Markup: Sendable {
    private(set) var text = ""

    /// Text as text: nothing in it can become an element or end an attribute. Characters that XML 1.0 forbids become U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            // Overrides of the writing direction make a line read as what it isn't.
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    mutating func add(text: String) { self.text += Self.escaped(text) }

    /// An empty element; attributes in the given order.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        open(name, attributes)
        text += "/>"
    }

    /// An element around whatever `content` adds.
    mutating func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: (inout Markup) -> Void
    ) {
        open(name, attributes)
        text += ">"
        content(&self)
        text += "</\(name)>"
    }

    private mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        text += "<" + name
        for (key, value) in attributes { text += " \(key)=\"\(Self.escaped(value))\"" }
    }

    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String) {
        element(name, attributes) { $0.add(text: text) }
    }

    /// What is markup already.
    mutating func append(_ other: Markup) { text += other.text }

    mutating func lineBreak() { text += "\n" }

    /// Our own constants only: style sheets and doctypes. Nothing from outside passes here.
    mutating func add(trusted: StaticString) { text += "\(trusted)" }
}
