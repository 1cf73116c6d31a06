/// A moment as the user's wall clock shows it.
struct LocalTime: Sendable {
    /// Whole days since 1970-01-01, local.
    let day: Int
    /// 0 ..< 86,400
    let secondOfDay: Double

    init(milliseconds: Int64, utcOffsetSeconds: Int) {
        // ±273,000 years, as ECMAScript's Date: absurd times of a caller must not overflow.
        let bounded = min(max(Int(milliseconds), -8_640_000_000_000_000), 8_640_000_000_000_000)
        let local = bounded + min(max(utcOffsetSeconds, -86_400), 86_400) * 1000
        day = local.flooredQuotient(86_400_000)
        secondOfDay = Double(local - day * 86_400_000) / 1000
    }

    var date: CivilDate { CivilDate(daysSince1970: day) }
    /// Hours with their fraction, 0 ..< 24.
    var hour: Double { secondOfDay / 3600 }
    /// 0 = Sunday … 6; 1970-01-01 was a Thursday.
    var weekday: Int {
        let shifted = day + 4
        return shifted - shifted.flooredQuotient(7) * 7
    }
}
