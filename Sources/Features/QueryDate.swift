/// The date a question names: any of year, month and day, but a year or a month at least.
package struct QueryDate: Sendable, Equatable {
    /// 2000–2099
    package var year: Int?
    /// 1–12
    package var month: Int?
    /// 1–31; only beside a month.
    package var day: Int?

    package init(year: Int? = nil, month: Int? = nil, day: Int? = nil) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads "7 May 2023", "June 3rd", "in 2022"; "may" counts only beside a number or after "in".
    ///
    /// Source: `qdate` in `references/retrieval_reference.py`.
    package init?(question: String) {
        let runs = WordRuns(question)
        year = runs.runs.indices.lazy.compactMap { runs.year($0) }.first
        month = runs.runs.indices.lazy.compactMap { runs.month($0) }.first
        if month == nil, runs.namesMay { month = 5 }
        if let month { day = runs.day(month: month) }
        if year == nil && month == nil { return nil }
    }
}

private let monthNames: [[UInt8]] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
].map { Array($0.utf8) }

extension WordRuns {
    /// 20dd
    fileprivate func year(_ run: Int) -> Int? {
        let word = bytes(run)
        guard word.count == 4, let value = number(word), value / 100 == 20 else { return nil }
        return value
    }

    /// A month's name, its first three letters or "sept"; never "may".
    fileprivate func month(_ run: Int) -> Int? {
        let word = bytes(run)
        guard word.count >= 3 else { return nil }
        for (index, name) in monthNames.enumerated() where index != 4 {
            if word.elementsEqual(name) || word.elementsEqual(name.prefix(3))
                || (index == 8 && word.elementsEqual(name.prefix(4)))
            {
                return index + 1
            }
        }
        return nil
    }

    fileprivate var namesMay: Bool {
        runs.indices.contains { run in
            guard bytes(run).elementsEqual(monthNames[4]) else { return false }
            if run > 0, areSeparatedByOneSpace(run - 1), bytes(run - 1).elementsEqual("in".utf8) {
                return true
            }
            if dayBefore(run) != nil { return true }
            guard run + 1 < runs.count, areSeparatedBySpace(run) else { return false }
            let next = bytes(run + 1)
            if next.count <= 2, number(next) != nil { return true }
            return areSeparatedByOneSpace(run) && year(run + 1) != nil
        }
    }

    /// "7 may", "7th of may": the number before run `month`.
    private func dayBefore(_ month: Int) -> Int? {
        guard month > 0, areSeparatedBySpace(month - 1) else { return nil }
        var run = month - 1
        if bytes(run).elementsEqual("of".utf8) {
            guard run > 0, areSeparatedBySpace(run - 1) else { return nil }
            run -= 1
        }
        return dayNumber(bytes(run))
    }

    /// The first day that stands before the month's name, else the first that stands after; nil above 31.
    fileprivate func day(month: Int) -> Int? {
        let name = monthNames[month - 1].prefix(3)
        func isLetters(_ word: ArraySlice<UInt8>) -> Bool { word.allSatisfy { (0x61...0x7A).contains($0) } }
        for run in runs.indices where bytes(run).starts(with: name) && isLetters(bytes(run).dropFirst(3)) {
            if let day = dayBefore(run) { return (1...31).contains(day) ? day : nil }
        }
        for run in runs.indices.dropLast() where areSeparatedBySpace(run) {
            let word = bytes(run)
            let endsInMonth = word.indices.contains {
                word[$0...].starts(with: name) && isLetters(word[$0...].dropFirst(3))
            }
            if endsInMonth, let day = dayNumber(bytes(run + 1)) { return (1...31).contains(day) ? day : nil }
        }
        return nil
    }

    /// One or two digits, with st, nd, rd or th or nothing behind.
    private func dayNumber(_ word: ArraySlice<UInt8>) -> Int? {
        let digits = word.prefix { (0x30...0x39).contains($0) }
        guard (1...2).contains(digits.count) else { return nil }
        let rest = word.dropFirst(digits.count)
        let isOrdinal = ["st", "nd", "rd", "th"].contains { rest.elementsEqual($0.utf8) }
        return rest.isEmpty || isOrdinal ? number(digits) : nil
    }

    private func number(_ word: ArraySlice<UInt8>) -> Int? {
        guard !word.isEmpty, word.count <= 9 else { return nil }
        var value = 0
        for byte in word {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
