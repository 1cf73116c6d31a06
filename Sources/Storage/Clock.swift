import Foundation

enum Clock {
    /// Unix milliseconds, UTC: the wall clock, for bookkeeping columns only. What ranking reads comes
    /// from the caller.
    static func nowMilliseconds() -> Int64 { Int64((Date().timeIntervalSince1970 * 1000).rounded()) }
}
