import Foundation
import Testing

@testable import Engine

@Suite struct `Reading a time` {
    @Test(arguments: [
        ("2023-05-08T13:56:00", 1_683_554_160_000, nil as Int?),
        ("2023-05-08T13:56:00Z", 1_683_554_160_000, 0),
        ("2023-05-08t13:56:00z", 1_683_554_160_000, 0),
        ("2023-05-08T15:56:00+02:00", 1_683_554_160_000, 120),
        ("2023-05-08T10:26:00-0330", 1_683_554_160_000, -210),
        ("2023-05-08T15:56:00+02", 1_683_554_160_000, 120),
        ("2023-05-08 13:56:00", 1_683_554_160_000, nil),
        ("2023-05-08 15:56:00 +0200", 1_683_554_160_000, 120),
        ("2023-05-08T13:56", 1_683_554_160_000, nil),
        ("2023-05-08T13:56:00.25", 1_683_554_160_250, nil),
        ("2023-05-08T13:56:00.250999Z", 1_683_554_160_250, 0),
        ("2023-05-08", 1_683_504_000_000, nil),
        ("1969-12-31T23:59:59.999Z", -1, 0),
        ("2024-02-29", 1_709_164_800_000, nil),
        ("0001-01-01", -62_135_596_800_000, nil),
    ])
    func eachDocumentedFormIsRead(text: String, milliseconds: Int64, offset: Int?) {
        #expect(Timestamp(iso8601: text) == Timestamp(milliseconds: milliseconds, utcOffsetMinutes: offset))
    }

    @Test(arguments: [
        "", "2023", "2023-5-8", "2023-13-01", "0000-12-31", "2023-00-01", "2023-02-29", "2023-04-31",
        "2023-05-08T", "2023-05-08T24:00",
        "2023-05-08T13:60", "2023-05-08T13:56:61", "2023-05-08T13:56:00.", "2023-05-08T13:56:00+",
        "2023-05-08T13:56:00+2",
        "2023-05-08T13:56:00Zx", "2023-05-08x13:56", "08.05.2023", "yesterday", "２023-05-08", " 2023-05-08",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test func unixSecondsAndMillisecondsAreToldApartByTheirSize() {
        #expect(Timestamp(unix: 1_683_554_160)?.milliseconds == 1_683_554_160_000)
        #expect(Timestamp(unix: 1_683_554_160_250)?.milliseconds == 1_683_554_160_250)
        #expect(Timestamp(unix: 1_683_554_160.25)?.milliseconds == 1_683_554_160_250)
        #expect(Timestamp(unix: -5)?.milliseconds == -5000)
        #expect(Timestamp(unix: 1_683_554_160_000_000) == nil)
        #expect(Timestamp(unix: .nan) == nil)
        #expect(Timestamp(unix: .infinity) == nil)
    }

    @Test func theLocalDateFollowsTheOffset() {
        #expect(Timestamp(milliseconds: 1_683_586_800_000, utcOffsetMinutes: 120).localDate == "2023-05-09")
        #expect(Timestamp(milliseconds: 1_683_586_800_000).localDate == "2023-05-08")
        #expect(Timestamp(milliseconds: -1).localDate == "1969-12-31")
    }

    @Test func everyDayOfFourCenturiesComesBackAsItself() {
        for day in stride(from: -146_097, through: 146_097, by: 1) {
            let date = Timestamp(milliseconds: Int64(day) * 86_400_000).localDate
            if Timestamp(iso8601: date)?.milliseconds != Int64(day) * 86_400_000 {
                Issue.record("\(day) → \(date)")
                return
            }
        }
    }
}
