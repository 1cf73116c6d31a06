/// Two texts line by line.
enum LineDifference {
    /// Removed lines with "-", added ones with "+", and up to three unchanged lines around them with a blank.
    static func unified(_ old: String, _ new: String, context: Int = 3) -> [String] {
        let before = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let after = new.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var lines: [(text: String, isChange: Bool)] = []
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if removed.contains(left) {
                lines.append(("-" + before[left], true))
                left += 1
            } else if inserted.contains(right) {
                lines.append(("+" + after[right], true))
                right += 1
            } else {
                lines.append((" " + before[left], false))
                left += 1
                right += 1
            }
        }
        let changes = lines.indices.filter { lines[$0].isChange }
        let shown = Set(changes.flatMap { max(0, $0 - context)...min(lines.count - 1, $0 + context) })
        return lines.indices.filter(shown.contains).map { lines[$0].text }
    }
}
