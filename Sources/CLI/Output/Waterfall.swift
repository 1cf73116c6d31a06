import Engine

/// How every score came about: each part is a bar that begins where the part before it ended, on one scale for
/// the whole ranking, so that bars of two memories can be compared.
struct Waterfall {
    var width: Int
    var style: Style

    func text(_ ranking: Ranking) -> String {
        let scale = Scale(ranking.memories)
        let nameWidth = min(36, ranking.memories.flatMap(\.parts).map(\.name.columnCount).max() ?? 0)
        var text = ""
        for memory in ranking.memories {
            text += heading(memory)
            if memory.parts.isEmpty { text += "    no parts were recorded\n" }
            text += bars(memory.parts, scale, nameWidth: nameWidth)
        }
        return text
    }

    private func heading(_ memory: RankedMemory) -> String {
        var facts = ["rank \(memory.rank)"]
        if let tier = memory.tier { facts.append("tier \(tier)") }
        if memory.isPinned { facts.append("pinned") }
        if !memory.isDeterministic { facts.append("propensity \(Figures.decimal(memory.propensity, 4))") }
        if !memory.sources.isEmpty { facts.append("from " + memory.sources.joined(separator: ", ")) }
        let number = (memory.position.map(String.init) ?? "-").leftPadded(to: 2)
        var line = style.bold(number) + "  " + style.cyan(Figures.decimal(memory.score, 4))
        line += "  " + Plain.line(memory.id) + "  " + style.dim(facts.joined(separator: " · "))
        if let reason = memory.dropped { line += "  " + style.yellow("dropped: \(reason.rawValue)") }
        line += "\n"
        if let text = memory.text { line += "    " + Plain.line(text).truncated(to: width - 4) + "\n" }
        return line
    }

    private func bars(_ parts: [ScorePart], _ scale: Scale, nameWidth: Int) -> String {
        // name, two spaces, "+0.0000" and two more; the bar takes the rest.
        let cells = max(10, width - 4 - nameWidth - 2 - 8 - 2)
        var sum: Float = 0
        var text = ""
        for part in parts {
            let from = scale.cell(sum, of: cells)
            sum += part.value
            let to = scale.cell(sum, of: cells)
            let name = Plain.line(part.name).truncated(to: nameWidth).rightPadded(to: nameWidth)
            let value = Figures.signed(part.value, 4).leftPadded(to: 8)
            let line = "    \(name)  \(value)  " + bar(from: from, to: to, value: part.value)
            text += line + "\n"
        }
        return text
    }

    /// "█" adds, "░" takes away; a part that is too small for a cell still shows as a thin line.
    private func bar(from: Int, to: Int, value: Float) -> String {
        guard value != 0, value.isFinite else { return String(repeating: " ", count: from) + "│" }
        let start = String(repeating: " ", count: min(from, to))
        let length = abs(to - from)
        if length == 0 { return start + (value > 0 ? style.green("▏") : style.red("▏")) }
        return start
            + (value > 0
                ? style.green(String(repeating: "█", count: length))
                : style.red(String(repeating: "░", count: length)))
    }

    /// From the lowest to the highest sum that any memory passes; 0 is always on it.
    private struct Scale {
        var low: Float = 0
        var high: Float = 0

        init(_ memories: [RankedMemory]) {
            for memory in memories {
                var sum: Float = 0
                for part in memory.parts where part.value.isFinite {
                    sum += part.value
                    low = min(low, sum)
                    high = max(high, sum)
                }
            }
        }

        func cell(_ value: Float, of cells: Int) -> Int {
            guard high > low, value.isFinite else { return 0 }
            let share = (value - low) / (high - low)
            return min(cells, max(0, Int((share * Float(cells)).rounded())))
        }
    }
}
