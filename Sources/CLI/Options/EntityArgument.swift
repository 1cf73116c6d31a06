import Engine

/// `name:kind` or `name:kind:aspect` on the command line.
enum EntityArgument {
    static func parse(_ text: String) throws -> EntityMention {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(
            String.init)
        guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw CommandFailure(
                .usage, "not an entity", place: "--entity", found: text,
                allowed: "name:kind or name:kind:aspect",
                remedy: "--entity NAS:device:backup")
        }
        return EntityMention(name: parts[0], kind: parts[1], aspect: parts.count > 2 ? parts[2] : nil)
    }
}
