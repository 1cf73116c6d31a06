import Engine

/// One stored memory on a terminal: its text, then what is known of it.
struct MemoryText {
    var nowMilliseconds: Int64
    var width: Int
    var style: Style

    func text(_ view: MemoryView) -> String {
        let memory = view.memory
        var text = ""
        for line in Plain.text(memory.text).wrapped(to: width) { text += line + "\n" }
        if let caption = memory.caption {
            for line in "[\(Plain.line(caption))]".wrapped(to: width) { text += style.dim(line) + "\n" }
        }
        text += "\n"
        let created = Instant(milliseconds: memory.createdAtMilliseconds, utcOffsetSeconds: 0).text
        let age = Figures.age(milliseconds: nowMilliseconds &- memory.createdAtMilliseconds)
        let facts: [(String, String?)] = [
            ("id", view.id), ("type", memory.type), ("author", memory.author),
            ("importance", memory.importance.map { Figures.decimal($0, 2) }),
            ("marks", marks(view)), ("created", "\(created) (\(age))"),
            ("valid from", moment(memory.validFromMilliseconds)),
            ("valid until", moment(memory.validUntilMilliseconds)),
            ("session", memory.session.map { $0 + (memory.ordinal.map { " #\($0)" } ?? "") }),
            ("supersedes", memory.supersedes), ("superseded by", view.supersededBy),
            ("entities", list(memory.entities.map(entity))),
            ("embeddings", list(memory.embeddings.map { "\($0.model) (\($0.vector.count))" })),
            (
                "accessed",
                view.accessCount == 0
                    ? nil
                    : "\(Figures.count(view.accessCount)) times, last \(moment(view.lastAccessMilliseconds) ?? "?")"
            ),
            ("source", memory.source), ("metadata", memory.metadata),
        ]
        for (name, value) in facts {
            if let value { text += style.dim(name.rightPadded(to: 13)) + "  " + Plain.line(value) + "\n" }
        }
        return text
    }

    private func marks(_ view: MemoryView) -> String? {
        list(
            [
                view.memory.isPinned ? "pinned" : "", view.memory.isConstraint ? "constraint" : "",
                view.isForgotten ? "forgotten" : "",
            ].filter { !$0.isEmpty })
    }

    private func entity(_ mention: EntityMention) -> String {
        "\(mention.name) (\(mention.kind)" + (mention.aspect.map { ": \($0)" } ?? "") + ")"
    }

    private func list(_ values: [String]) -> String? { values.isEmpty ? nil : values.joined(separator: ", ") }

    private func moment(_ milliseconds: Int64?) -> String? {
        milliseconds.map { Instant(milliseconds: $0, utcOffsetSeconds: 0).text }
    }
}
