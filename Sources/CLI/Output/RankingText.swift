import Engine

/// A ranking on a terminal: one block per memory, then who scored and how long it took.
struct RankingText {
    var nowMilliseconds: Int64
    var width: Int
    var style: Style
    /// Most lines of text per memory; nil = all.
    var textLines: Int? = 2

    func memories(_ ranking: Ranking) -> String {
        let shown = ranking.memories.filter { $0.dropped == nil }
        guard !shown.isEmpty else { return "nothing found\n" }
        let columns = Columns(shown, nowMilliseconds: nowMilliseconds)
        var text = ""
        for (index, memory) in shown.enumerated() {
            text += block(memory, number: memory.position ?? index + 1, columns)
        }
        return text
    }

    /// Scorers with versions, the pool, where the time went, how to go on; in yellow what was missing.
    func footer(_ ranking: Ranking) -> String {
        let shown = ranking.memories.count { $0.dropped == nil }
        let timings = ranking.timings
        let stages = [
            ("candidates", timings.candidates), ("features", timings.features), ("scoring", timings.scoring),
            ("selection", timings.selection), ("logging", timings.logging),
        ].filter { $0.1 >= 0.005 }.map { "\($0) \(Figures.decimal($1, 2))" }
        let scorers = ranking.scorers.isEmpty ? "no scorer" : ranking.scorers.joined(separator: ", ")
        let confidence = ranking.confidence.map { " · \(Int(($0 * 100).rounded()))% sure that something fits" } ?? ""
        var lines = [
            "\(shown) of \(Figures.count(ranking.poolCount)) candidates · scored by \(scorers)\(confidence)",
            "\(Figures.decimal(timings.total, 2)) ms"
                + (stages.isEmpty ? "" : ": " + stages.joined(separator: ", ")),
        ]
        if !ranking.retrievalID.isEmpty { lines.append("mneme explain \(ranking.retrievalID.shellQuoted)") }
        var text = lines.flatMap { Plain.line($0).wrapped(to: width) }.map { style.dim($0) + "\n" }.joined()
        for reason in ranking.degraded {
            for line in "degraded: \(Plain.line(reason))".wrapped(to: width) {
                text += style.yellow(line) + "\n"
            }
        }
        return text
    }

    private func block(_ memory: RankedMemory, number: Int, _ columns: Columns) -> String {
        let head = [
            String(number).leftPadded(to: columns.number),
            Figures.decimal(memory.score, 4).leftPadded(to: columns.score),
            columns.age(memory, nowMilliseconds).leftPadded(to: columns.age),
            columns.author(memory).rightPadded(to: columns.author),
        ].filter { !$0.isEmpty }
        let indent = head.reduce(0) { $0 + $1.columnCount + 2 }
        let textWidth = max(20, width - indent)
        var lines = (memory.text.map(Plain.text) ?? "(\(memory.id))").wrapped(to: textWidth).filter {
            !$0.isEmpty
        }
        if let most = textLines, lines.count > most {
            lines = Array(lines.prefix(max(1, most)))
            lines[lines.count - 1] = (lines[lines.count - 1] + " …").truncated(to: textWidth)
        }
        var text = style.bold(head[0]) + "  " + style.cyan(head[1])
        for cell in head.dropFirst(2) { text += "  " + cell }
        text += "  " + (lines.first ?? "") + "\n"
        let margin = String(repeating: " ", count: indent)
        for line in lines.dropFirst() { text += margin + line + "\n" }
        let why = [memory.why, memory.isPinned ? "pinned" : "", memory.id].filter { !$0.isEmpty }
        for line in Plain.line(why.joined(separator: " · ")).wrapped(to: textWidth) {
            text += margin + style.dim(line) + "\n"
        }
        return text
    }

    /// Widths that fit every memory of one ranking.
    private struct Columns {
        var number = 1
        var score = 0
        var age = 0
        var author = 0

        init(_ memories: [RankedMemory], nowMilliseconds: Int64) {
            for (index, memory) in memories.enumerated() {
                number = max(number, String(memory.position ?? index + 1).count)
                score = max(score, Figures.decimal(memory.score, 4).count)
                age = max(age, age(memory, nowMilliseconds).count)
                author = max(author, author(memory).columnCount)
            }
        }

        func age(_ memory: RankedMemory, _ nowMilliseconds: Int64) -> String {
            memory.createdAtMilliseconds.map { Figures.age(milliseconds: nowMilliseconds &- $0) } ?? ""
        }

        func author(_ memory: RankedMemory) -> String { Plain.line(memory.author ?? "").truncated(to: 16) }
    }
}
