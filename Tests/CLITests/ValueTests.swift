import Foundation
import Testing

@testable import mneme

/// Moments, widths and numbers.
@Suite struct ValueTests {
    @Test(arguments: [
        ("1970-01-01", Int64(0)), ("1795262400000", 1_795_262_400_000),
        ("2026-11-21T12:00:00Z", 1_795_262_400_000),
        ("2026-11-21T14:00:00+02:00", 1_795_262_400_000), ("2026-11-21 07:00-0500", 1_795_262_400_000),
        ("2026-11-21T12:00:00.25Z", 1_795_262_400_250), ("1969-12-31T23:59:59Z", -1000), ("-1000", -1000),
        ("2000-02-29", 951_782_400_000), ("0001-01-01", -62_135_596_800_000),
    ]) func readsMoments(_ text: String, _ milliseconds: Int64) {
        #expect(Instant(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "now", "2026", "20261121", "2026-1-1", "2026-02-30", "1900-02-29", "2026-11-21T24:00",
        "2026-11-21T12:60",
        "2026-11-21T",
        "2026-11-21T12:00Zx", "2026-11-21T12:00+2", "２０２６-11-21", "1e3", "+5", "--5",
    ]) func refusesWhatIsNoMoment(_ text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func everyDayOfFourCenturiesComesBack() {
        for day in stride(from: Int64(-200_000), through: 200_000, by: 17) {
            let (year, month, dayOfMonth) = CivilDate(daysSinceEpoch: day).parts
            #expect(CivilDate(year: year, month: month, day: dayOfMonth)?.daysSinceEpoch == day)
        }
    }

    @Test func momentsPrintAsUTC() {
        #expect(Instant(milliseconds: 1_795_262_405_999, utcOffsetSeconds: 0).text == "2026-11-21T12:00:05Z")
        #expect(Instant(milliseconds: -1, utcOffsetSeconds: 0).text == "1969-12-31T23:59:59Z")
    }

    @Test(arguments: [
        ("abc", 3), ("äöü", 3), ("日本", 4), ("e\u{301}", 1), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("한글", 4), ("", 0),
    ]) func countsColumns(_ text: String, _ columns: Int) {
        #expect(text.columnCount == columns)
    }

    @Test func wrapsAtSpacesAndBreaksWhatIsTooLong() {
        #expect("one two three".wrapped(to: 7) == ["one two", "three"])
        #expect("abcdefghij k".wrapped(to: 4) == ["abcd", "efgh", "ij k"])
        #expect("日本語".wrapped(to: 5) == ["日本", "語"])
        #expect("日本".wrapped(to: 1) == ["日", "本"])
        #expect("a\n\nb".wrapped(to: 9) == ["a", "", "b"])
        #expect("".wrapped(to: 9) == [""])
    }

    @Test func truncatesInColumns() {
        #expect("abcdef".truncated(to: 4) == "abc…")
        #expect("日本語".truncated(to: 4) == "日…")
        #expect("abc".truncated(to: 3) == "abc")
        #expect("abc".truncated(to: 0) == "")
    }

    @Test func numbersReadWell() {
        #expect(Figures.count(1_234_567) == "1,234,567")
        #expect(Figures.count(-1000) == "-1,000")
        #expect(Figures.decimal(-0.00004, 4) == "0.0000")
        #expect(Figures.decimal(2.5, 0) == "3")
        #expect(Figures.decimal(Double.nan, 2) == "-")
        #expect(Figures.decimal(Float.infinity, 2) == "inf")
        #expect(Figures.signed(-0.5, 2) == "-0.50")
        #expect(Figures.signed(0, 2) == "+0.00")
        #expect(Figures.bytes(4_200_000) == "4.0 MiB")
        #expect(Figures.age(milliseconds: 59_000) == "59s")
        #expect(Figures.age(milliseconds: -7_200_000) == "in 2h")
        #expect(Figures.duration(seconds: 3900) == "1 h 5 min")
        #expect(Figures.duration(seconds: .infinity) == "?")
    }

    @Test func wordsAreQuotedForTheShell() {
        #expect("a b".shellQuoted == "'a b'")
        #expect("it's".shellQuoted == "'it'\\''s'")
        #expect("".shellQuoted == "''")
        #expect("--db=/x".shellQuoted == "--db=/x")
    }
}
