import Glibc

/// An explicit date in a question, as far as it was given: "on 7 May 2023", "in June", "2022".
package struct QueryDate: Sendable, Equatable {
    package var year: Int?
    package var month: Int?
    package var day: Int?

    package init(year: Int? = nil, month: Int? = nil, day: Int? = nil) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// nil = the question names no date. "may" alone is the verb; it is the month only beside a day, a year
    /// or "in".
    package init?(question: String) {
        let words = question.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        for word in words where word.count == 4 && word.hasPrefix("20") && word.allSatisfy(\.isNumber) {
            year = Int(word)
            break
        }
        var monthPlace: Int?
        for (place, word) in words.enumerated() {
            if let found = Self.months[word] { month = found; monthPlace = place; break }
        }
        if monthPlace == nil, let place = words.indices.first(where: { Self.isMonthOfMay(words, $0) }) {
            month = 5
            monthPlace = place
        }
        if let place = monthPlace {
            let before = place > 0 ? words[place - 1] : ""
            let ofBefore = before == "of" && place > 1 ? words[place - 2] : before
            let after = place + 1 < words.count ? words[place + 1] : ""
            if let found = Self.dayNumber(ofBefore) ?? Self.dayNumber(after), found <= 31 { day = found }
        }
        if year == nil, month == nil { return nil }
    }

    private static let months: [String: Int] = [
        "january": 1, "february": 2, "march": 3, "april": 4, "june": 6, "july": 7, "august": 8, "september": 9,
        "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7,
        "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
    ]

    private static func isMonthOfMay(_ words: [String], _ place: Int) -> Bool {
        guard words[place] == "may" else { return false }
        let before = place > 0 ? words[place - 1] : ""
        let after = place + 1 < words.count ? words[place + 1] : ""
        if before == "in" || dayNumber(before) != nil || dayNumber(after) != nil { return true }
        if before == "of", place > 1, dayNumber(words[place - 2]) != nil { return true }
        return after.count == 4 && after.hasPrefix("20") && after.allSatisfy(\.isNumber)
    }

    /// "7", "07", "7th"; at most two digits.
    private static func dayNumber(_ word: String) -> Int? {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        guard (1...2).contains(digits.count), ["", "st", "nd", "rd", "th"].contains(word.dropFirst(digits.count)) else {
            return nil
        }
        return Int(digits)
    }
}

extension QueryDate {
    /// How well a memory's time fits the date asked for, 0–1 (retrieval.md §2: a session is dated after what it
    /// tells, so the days after a date count, fading over a month).
    package func match(atMilliseconds: Int64, utcOffsetSeconds: Int) -> Float {
        let local = CivilTime(unixMilliseconds: atMilliseconds, utcOffsetSeconds: utcOffsetSeconds)
        if let month, let day {
            guard let asked = CivilTime.days(year: year ?? local.year, month: month, day: day) else { return 0 }
            let gapDays = local.dayNumber - Double(asked)
            if (-1...1.5).contains(gapDays) { return 1 }
            return gapDays > 0 && gapDays < 30 ? exp(Float(-gapDays / 7)) : 0
        }
        if let month {
            let gapMonths = (local.year - (year ?? local.year)) * 12 + local.month - month
            return gapMonths == 0 ? 1 : gapMonths == 1 ? 0.4 : 0
        }
        return year == local.year ? 0.3 : 0
    }
}
