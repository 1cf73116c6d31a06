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

    /// The command that was probably meant: at most two letters away.
    static func nearest(to word: String) -> String? {
        let candidates = children(of: Mneme.self).map {
            (name: name(of: $0), distance: distance(name(of: $0), word))
        }
        return candidates.filter { $0.distance <= 2 }.min { $0.distance < $1.distance }?.name
    }

    /// Levenshtein, one row at a time.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let substituted = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
            }
        }
        return row.last ?? 0
    }
}
