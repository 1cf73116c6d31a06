import ArgumentParser

/// The names behind `<subcommand>` in a usage line, which argument-parser doesn't spell out.
enum Subcommands {
    /// "mneme plugin <subcommand>" → "list, info"; nil if the line isn't of that kind.
    static func named(inUsage usage: String) -> String? {
        let words = usage.split(separator: " ")
        guard words.last == "<subcommand>", words.first == "mneme" else { return nil }
        var command: any ParsableCommand.Type = Mneme.self
        for word in words.dropFirst().dropLast() {
            guard let next = children(of: command).first(where: { name(of: $0) == word }) else { return nil }
            command = next
        }
        return children(of: command).map(name).joined(separator: ", ")
    }

    static func children(of command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        command.configuration.subcommands
    }

    static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? String(describing: command).lowercased()
    }
}
